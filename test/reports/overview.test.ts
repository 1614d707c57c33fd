import { describe, expect, it } from "vitest"
import { fastestOf, overview } from "../../reports/overview.ts"
import { overviewVerdict } from "../../reports/pages/overview-page.ts"
import { sampleLayers, sampleTrace } from "../fixtures/sample-trace.ts"
import { price, tinyTrace } from "../fixtures/tiny-trace.ts"

/** A run of `cycles` at 1 GHz that does `macs` and takes `picojoules`. */
const run = (pattern: string, cycles: number, macs: number, picojoules: number) =>
  tinyTrace({
    stages: [
      {
        cycles,
        counts: { "ops/dense-equivalent": macs, "ops/useful": macs, "ops/issued": macs, "power/spend": 1 },
      },
    ],
    actions: [price("power", "spend", picojoules)],
    settings: { pattern },
  })

describe("an overview of runs of the same work", () => {
  const found = overview([run("a", 400, 1000, 10), run("b", 100, 1000, 40), run("c", 400, 1000, 20)])

  it("compares time and energy as they are", () => {
    expect(found.per).toBe("run")
    expect(found.runs.map(({ cost, value }) => [cost, value])).toEqual([
      [4e-7, 10],
      [1e-7, 40],
      [4e-7, 20],
    ])
  })

  it("finds the runs that no other beats in both", () => {
    expect(found.runs.map(({ onFront }) => onFront)).toEqual([true, true, false])
  })

  it("names the fastest, measured against the first", () => {
    expect(fastestOf(found).label).toBe("b")
    expect(overviewVerdict(found)).toMatch(/^b is the fastest of 3 runs, 4\.00× as fast as a/)
  })

  it("measures the first against the next where the first is the fastest", () => {
    const turned = overview([run("b", 100, 1000, 40), run("a", 150, 1000, 10), run("c", 400, 1000, 20)])
    expect(overviewVerdict(turned)).toMatch(/^b is the fastest of 3 runs, 1\.50× as fast as the next, a/)
  })
})

describe("an overview of runs of different work", () => {
  it("compares what 10⁹ dense-equivalent MACs take", () => {
    const found = overview([run("a", 400, 1000, 10), run("b", 400, 4000, 20), run("c", 400, 2000, 20)])
    expect(found.per).toBe("GMAC")
    // 4·10⁻⁷ s for 10³ MACs is 0.4 s for 10⁹.
    expect(found.runs[0].cost).toBeCloseTo(0.4, 12)
    expect(found.runs.map(({ onFront }) => onFront)).toEqual([false, true, false])
    expect(overviewVerdict(found)).toContain("by the same number of operations, 4.00× as fast as a")
  })
})

describe("an overview of runs without energy", () => {
  it("has no front, and still says which is the fastest", () => {
    const found = overview([
      sampleTrace(),
      sampleTrace({ kept: 2, withEnergy: false }),
      sampleTrace({ kept: 4 }),
    ])
    expect(found.runs.map(({ onFront }) => onFront)).toEqual([undefined, undefined, undefined])
    expect(fastestOf(found).label).toBe("BDWP 2:8")
  })

  it("refuses nothing because layers differ", () => {
    const found = overview([sampleTrace(), sampleTrace({ layers: sampleLayers.slice(1) })])
    expect(found.per).toBe("GMAC")
  })
})
