import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { laneOccupancy } from "../../../../sim/sat/spatial/lane-occupancy.ts"

/** Every way to place `nonZeros` among `total` elements; the group is the first `group` of them. */
const byEnumeration = (total: number, nonZeros: number, group: number, lanes: number) => {
  let ways = 0
  let any = 0
  let passes = 0
  let filled = 0
  for (let set = 0; set < 1 << total; set++) {
    const bits = (mask: number): number => (set & mask).toString(2).replaceAll("0", "").length
    if (bits((1 << total) - 1) !== nonZeros) continue
    ways++
    const x = bits((1 << group) - 1)
    const rounds = Math.ceil(x / lanes)
    passes += rounds
    if (x === 0) continue
    any++
    filled += x / (lanes * rounds)
  }
  return { passes: passes / ways, fill: any === 0 ? 0 : filled / any }
}

const small = fc.integer({ min: 1, max: 10 }).chain((total) =>
  fc.record({
    total: fc.constant(total),
    nonZeros: fc.integer({ min: 0, max: total }),
    group: fc.integer({ min: 1, max: total }),
    lanes: fc.integer({ min: 1, max: 4 }),
  }),
)

describe("lane occupancy", () => {
  it("is the average over every placement of the non-zeros", () => {
    fc.assert(
      fc.property(small, ({ total, nonZeros, group, lanes }) => {
        const expected = byEnumeration(total, nonZeros, group, lanes)
        const found = laneOccupancy(total, nonZeros, group, lanes)
        expect(found.passes).toBeCloseTo(expected.passes, 10)
        expect(found.fill).toBeCloseTo(expected.fill, 10)
      }),
      { numRuns: 60 },
    )
  })

  it("fills every lane when nothing is zero and the group is a whole number of passes", () => {
    expect(laneOccupancy(4096, 4096, 64, 16)).toEqual({ passes: 4, fill: 1 })
  })

  it("stays a share for very large tensors, where products of binomials would overflow", () => {
    for (const density of [1e-5, 0.25, 0.5, 0.9999]) {
      const { passes, fill } = laneOccupancy(1e8, Math.round(1e8 * density), 128, 16)
      expect(fill).toBeGreaterThan(0)
      expect(fill).toBeLessThanOrEqual(1)
      expect(passes).toBeGreaterThanOrEqual((128 * density) / 16 - 1e-9)
      expect(passes).toBeLessThanOrEqual(8)
    }
  })
})
