import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { aggregate } from "../../reports/aggregate.ts"
import { roofline } from "../../reports/roofline.ts"
import { operationCounts } from "../../sim/trace/vocabulary.ts"
import { sampleTrace } from "../fixtures/sample-trace.ts"
import { roof, tinyTrace } from "../fixtures/tiny-trace.ts"

const array = (perCycle: number) => roof({ id: "array", kind: "compute", perCycle, convention: "issued" })
const dram = (perCycle: number) =>
  roof({ id: "dram", kind: "memory", perCycle, counters: ["dram.read", "dram.write"] })

/** One stage on a machine of 100 MAC/cycle and 10 B/cycle: the ridge is at 10 MAC/byte. */
const stageOf = (cycles: number, macs: number, bytes: number) =>
  roofline(
    aggregate(
      tinyTrace({
        roofs: [array(100), dram(10)],
        stages: [
          {
            cycles,
            counts: {
              "ops/dense-equivalent": macs,
              "ops/non-zero": macs,
              "ops/useful": macs,
              "ops/issued": macs,
              "dram/read": bytes,
            },
          },
        ],
      }),
    ),
  ).total

describe("roofline", () => {
  it("is bound by memory left of the ridge and by compute right of it", () => {
    expect(stageOf(200, 1000, 1000)).toMatchObject({ bound: "memory", leastCycles: 100, slack: 2 })
    expect(stageOf(20, 1000, 10)).toMatchObject({ bound: "compute", leastCycles: 10, slack: 2 })
  })

  it("is bound by a unit that is neither memory nor multiplier where that asks for most cycles", () => {
    const at = (perCycle: number) =>
      roofline(
        aggregate(
          tinyTrace({
            roofs: [
              array(100),
              dram(10),
              roof({ id: "sore", kind: "unit", perCycle, counters: ["through.sore.bytes"] }),
            ],
            stages: [{ cycles: 500, counts: { "dram/read": 1000, "through.sore/bytes": 1600 } }],
          }),
        ),
      ).total
    // 1,600 bytes at 4 a cycle against 1,000 at 10.
    expect(at(4)).toMatchObject({ bound: "unit", leastCycles: 400 })
    expect(at(4).binding?.id).toBe("sore")
    expect(at(32)).toMatchObject({ bound: "memory", leastCycles: 100 })
    expect(at(3)).toMatchObject({ bound: "invalid" })
  })

  it("calls work within the tolerance of the ridge neither, on both sides alike", () => {
    expect(stageOf(200, 10_000, 1040).bound).toBe("ridge")
    expect(stageOf(200, 10_400, 1000).bound).toBe("ridge")
    expect(stageOf(200, 10_000, 1060).bound).toBe("memory")
    expect(stageOf(200, 10_600, 1000).bound).toBe("compute")
  })

  it("flags a point above a roof as invalid instead of celebrating it", () => {
    expect(stageOf(99, 10_000, 10).bound).toBe("invalid")
    expect(stageOf(100, 10_000, 10).bound).toBe("compute")
  })

  it("says that no roof applies where nothing is counted", () => {
    expect(stageOf(5, 0, 0)).toMatchObject({ bound: "none", binding: undefined, leastCycles: 0 })
  })

  it("attains twice the MACs over the time, in FLOP/s", () => {
    expect(stageOf(20, 1000, 10).attained.issued).toEqual({ macPerCycle: 50, flopPerSecond: 100e9 })
  })

  // R56, R57
  it("never attains more than is attainable unless it says so, and binds where the least time is longest", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.nat(1e8), fc.nat(1e8), (cycles, macs, bytes) => {
        const point = stageOf(cycles, macs, bytes)
        for (const count of operationCounts) {
          const within = point.attained[count].macPerCycle <= point.attainable[count].macPerCycle * (1 + 1e-9)
          expect(within || point.bound === "invalid" || macs === 0).toBe(true)
        }
        const slowest = Math.max(...point.limits.map(({ leastCycles }) => leastCycles))
        expect(point.leastCycles).toBe(slowest)
        const binding = point.limits.find(({ roof }) => roof === point.binding)
        expect(binding?.leastCycles ?? 0).toBe(slowest)
      }),
    )
  })

  // R58
  it("puts a dot at the same intensity and slack whatever the clock", () => {
    const at = (clockHertz: number) => roofline(aggregate(sampleTrace({ clockHertz }))).total
    const [slow, fast] = [at(100e6), at(1e9)]
    expect(fast.slack).toBe(slow.slack)
    expect(fast.levels.map(({ intensity }) => intensity)).toEqual(
      slow.levels.map(({ intensity }) => intensity),
    )
    expect(fast.attained.issued.flopPerSecond / slow.attained.issued.flopPerSecond).toBeCloseTo(10, 9)
  })

  // R59: an ideal machine swept over intensity traces out its own roofs.
  it("meets its declared roofs when a sweep of ideal kernels runs on it", () => {
    for (let intensity = 0.125; intensity <= 1024; intensity *= 2) {
      const bytes = 1 << 20
      const macs = bytes * intensity
      const point = stageOf(Math.ceil(Math.max(macs / 100, bytes / 10)), macs, bytes)
      expect(point.slack).toBeGreaterThanOrEqual(1)
      expect(point.slack).toBeLessThan(1.001)
    }
  })

  // R60
  it("gives equal utilisation in dense-equivalent and non-zero counting when the peaks differ by m/n", () => {
    fc.assert(
      fc.property(
        fc.constantFrom([1, 4], [2, 4], [2, 8], [4, 8]),
        fc.integer({ min: 1, max: 1e6 }),
        ([n, m], groups) => {
          const counts = { "ops/dense-equivalent": groups * m, "ops/non-zero": groups * n }
          const slackWith = (perCycle: number, convention: "dense-equivalent" | "non-zero") =>
            roofline(
              aggregate(
                tinyTrace({
                  roofs: [roof({ id: "peak", kind: "compute", perCycle, convention })],
                  stages: [{ cycles: groups, counts }],
                }),
              ),
            ).total.slack
          expect(slackWith((64 * m) / n, "dense-equivalent")).toBeCloseTo(slackWith(64, "non-zero"), 9)
        },
      ),
    )
  })

  it("has one dot a memory level, farther out where a level is reused more", () => {
    const { levels } = roofline(aggregate(sampleTrace())).total
    expect(levels.map(({ roof }) => roof.id)).toEqual(["dram", "ifmap", "filter"])
    expect(levels.every(({ intensity }) => intensity.issued > 0)).toBe(true)
  })
})
