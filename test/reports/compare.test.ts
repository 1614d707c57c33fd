import { describe, expect, it } from "vitest"
import { aggregate } from "../../reports/aggregate.ts"
import { compare } from "../../reports/compare.ts"
import { stageShares } from "../../reports/stage-shares.ts"
import { compareVerdict, runVerdict } from "../../reports/verdict.ts"
import { sampleTrace } from "../fixtures/sample-trace.ts"
import { price, tinyTrace, type TinyStage } from "../fixtures/tiny-trace.ts"

const dense = aggregate(sampleTrace())
const sparse = aggregate(sampleTrace({ kept: 2 }))

const tiny = (stages: readonly TinyStage[], clockHertz = 1e9) => aggregate(tinyTrace({ stages, clockHertz }))

describe("compare", () => {
  it("finds a run as fast as itself, layer by layer", () => {
    const same = compare(dense, dense)
    expect(same.speedup).toBe(1)
    expect(same.energyRatio).toBe(1)
    expect(same.rows.every(({ speedup }) => speedup === 1)).toBe(true)
    expect([same.slower, same.onlyInA, same.onlyInB]).toEqual([[], [], []])
  })

  it("inverts when the runs change places", () => {
    const [forwards, backwards] = [compare(dense, sparse), compare(sparse, dense)]
    expect(backwards.speedup).toBeCloseTo(1 / forwards.speedup, 12)
    expect(backwards.onlyInA).toEqual(forwards.onlyInB)
  })

  it("compares time, not cycles, where the clocks differ", () => {
    expect(compare(tiny([{ cycles: 10 }], 1e9), tiny([{ cycles: 10 }], 2e9)).speedup).toBe(2)
  })

  it("lists work that only one run has instead of dropping it", () => {
    const { onlyInB } = compare(dense, sparse)
    expect(new Set(onlyInB.map(({ stage }) => stage))).toEqual(new Set(["prune"]))
    expect(onlyInB).toHaveLength(4)
  })

  it("lists what got slower, most time lost first", () => {
    const a = tiny([
      { layer: "x", cycles: 10 },
      { layer: "y", cycles: 10 },
      { layer: "z", cycles: 10 },
    ])
    const b = tiny([
      { layer: "x", cycles: 11 },
      { layer: "y", cycles: 30 },
      { layer: "z", cycles: 5 },
    ])
    expect(compare(a, b).slower.map(({ layer }) => layer)).toEqual(["y", "x"])
  })

  it("has no energy ratio where a run has no energy table", () => {
    const priced = aggregate(tinyTrace({ stages: [{ cycles: 1 }], actions: [price("mac", "compute", 1)] }))
    expect(compare(priced, tiny([{ cycles: 1 }])).energyRatio).toBeUndefined()
  })

  it("names the runs by what differs between them", () => {
    const { a, b } = compare(dense, sparse)
    expect([a.label, b.label]).toEqual(["dense", "BDWP 2:8"])
    const c = compare(dense, dense)
    expect(c.a.label).not.toBe(c.b.label)
  })
})

describe("verdict", () => {
  it("blames the stage that stays dense, and says what it caps the gain at", () => {
    const { sentence, ceiling } = compareVerdict(compare(dense, sparse), sparse)
    expect(sentence).toBe(
      "BDWP 2:8 is 1.97× as fast as dense; 66 % of the step is WU, which stays dense (with all that stays dense, the gain is capped at 2.97×), so make WU sparse or faster.",
    )
    // Amdahl: dense time over the time of every stage in which nothing is pruned, WU and the update alike.
    const untouched = stageShares(sparse)
      .filter(({ operations }) => operations !== "sparse")
      .reduce((sum, { cycles }) => sum + cycles, 0)
    expect(untouched).toBeGreaterThan(61_020_457)
    expect(ceiling).toBeCloseTo(182_497_598 / untouched, 9)
  })

  it("shares the step over its stages, to exactly 100.0 %", () => {
    const { stages } = runVerdict(sparse)
    expect(stages.reduce((sum, { permille }) => sum + permille, 0)).toBe(1000)
    expect(stages.find(({ stage }) => stage === "WU")).toMatchObject({ operations: "dense" })
    expect(stages.find(({ stage }) => stage === "FF")).toMatchObject({ operations: "sparse" })
    expect(stages.find(({ stage }) => stage === "update")).toMatchObject({ operations: "none" })
  })

  it("blames the largest stall of the busiest unit, and names its remedy", () => {
    const counts = { "time.array/busy": 4, "time.array/stall.dram-read": 5, "time.array/stall.fill-drain": 1 }
    const { sentence } = runVerdict(tiny([{ cycles: 10, counts }]))
    expect(sentence).toContain("waits on dram-read for 50 % of the time")
    expect(sentence).toContain("read less from DRAM")
  })

  it("says so when the new run is slower, and which stage costs most", () => {
    const a = tiny([{ layer: "x", cycles: 100 }])
    const b = tiny([
      { layer: "x", cycles: 100 },
      { layer: "x", stage: "prune", cycles: 50 },
    ])
    const { sentence } = compareVerdict(compare(a, b), b)
    expect(sentence).toContain("takes 1.50× as long as")
    expect(sentence).toContain("prune takes 50 % of")
  })

  it("does not call half a percent a speed-up", () => {
    const a = tiny([{ cycles: 1000 }])
    const b = tiny([{ cycles: 998 }])
    expect(compareVerdict(compare(a, b), b).sentence).toContain("is as fast as")
  })

  it("admits when the trace does not say why", () => {
    expect(runVerdict(tiny([{ cycles: 1 }])).cause).toContain("no time account")
  })
})
