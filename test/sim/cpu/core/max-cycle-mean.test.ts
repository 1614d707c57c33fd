/** Karp's maximum cycle mean against all simple cycles, listed. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { maxCycleMean } from "../../../../sim/cpu/core/max-cycle-mean.ts"
import { runs } from "../../../arbitraries/runs.ts"

const byListing = (weights: readonly number[], n: number): number => {
  let most = 0
  const walk = (start: number, node: number, seen: readonly number[], sum: number): void => {
    for (let to = start; to < n; to++) {
      const weight = weights[node * n + to]
      if (weight === -Infinity) continue
      if (to === start) most = Math.max(most, (sum + weight) / seen.length)
      else if (!seen.includes(to)) walk(start, to, [...seen, to], sum + weight)
    }
  }
  for (let start = 0; start < n; start++) walk(start, start, [start], 0)
  return most
}

describe("the greatest mean weight of a cycle", () => {
  it("is that of the best simple cycle", () => {
    const graph = fc.integer({ min: 1, max: 5 }).chain((n) =>
      fc.tuple(
        fc.constant(n),
        fc.array(fc.option(fc.integer({ min: 0, max: 20 }), { nil: -Infinity }), {
          minLength: n * n,
          maxLength: n * n,
        }),
      ),
    )
    fc.assert(
      fc.property(graph, ([n, weights]) => {
        expect(maxCycleMean(Float64Array.from(weights), n)).toBeCloseTo(byListing(weights, n), 9)
      }),
      { numRuns: runs },
    )
  })
})
