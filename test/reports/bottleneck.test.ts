import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { aggregate } from "../../reports/aggregate.ts"
import { bottlenecks } from "../../reports/bottleneck.ts"
import { permilles } from "../../reports/largest-remainder.ts"
import { sampleTrace } from "../fixtures/sample-trace.ts"
import { tinyTrace } from "../fixtures/tiny-trace.ts"

describe("largest remainder", () => {
  it("sums to exactly 100.0 % whatever the values", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1e9), { minLength: 1, maxLength: 12 }), (values) => {
        const sum = permilles(values).reduce((total, share) => total + share, 0)
        expect(sum).toBe(values.some((value) => value > 0) ? 1000 : 0)
      }),
    )
  })

  it("is off from the exact share by less than one tenth of a percent", () => {
    expect(permilles([1, 1, 1])).toEqual([334, 333, 333])
    expect(permilles([2, 1])).toEqual([667, 333])
  })
})

describe("bottlenecks", () => {
  it("splits every cycle of every unit into busy, stall causes and unused", () => {
    const whole = aggregate(sampleTrace({ kept: 2 }))
    const tracks = bottlenecks(whole)
    expect(tracks.map(({ track }) => track)).toEqual(["array", "dram", "sore", "wuve"])
    for (const { shares } of tracks) {
      expect(shares.reduce((sum, { cycles }) => sum + cycles, 0)).toBe(whole.cycles)
      expect(shares.reduce((sum, { permille }) => sum + permille, 0)).toBe(1000)
    }
  })

  it("puts busy first, then the causes by size, then unused", () => {
    const counts = { "time.array/stall.a": 2, "time.array/stall.b": 5, "time.array/busy": 1 }
    const [track] = bottlenecks(aggregate(tinyTrace({ stages: [{ cycles: 8, counts }], tail: 2 })))
    expect(track.shares).toEqual([
      { cause: "busy", cycles: 1, permille: 100 },
      { cause: "b", cycles: 5, permille: 500 },
      { cause: "a", cycles: 2, permille: 200 },
      { cause: "unused", cycles: 2, permille: 200 },
    ])
  })

  it("rejects an account that does not sum to its span", () => {
    const stages = [{ cycles: 8, counts: { "time.array/busy": 7 } }]
    expect(() => bottlenecks(aggregate(tinyTrace({ stages })))).toThrow(
      /track array accounts for 7 cycles of a span of 8/,
    )
  })

  it("leaves out units that keep no account", () => {
    expect(bottlenecks(aggregate(tinyTrace({ stages: [{ cycles: 1 }] })))).toEqual([])
  })
})
