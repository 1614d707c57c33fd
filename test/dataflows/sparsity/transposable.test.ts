import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { UnsupportedError, WorkloadError } from "../../../arch/errors.ts"
import { isTransposable, transposableMask } from "../../../dataflows/sparsity/transposable.ts"
import { runs } from "../../arbitraries/runs.ts"

const keptSum = (values: Float32Array, kept: (at: number) => boolean): number =>
  values.reduce((sum, x, at) => (kept(at) ? sum + Math.abs(x) : sum), 0)

/** Largest magnitude that any mask of a rows × columns block keeps with at most n in every row and column. */
const bestKept = (values: Float32Array, rows: number, columns: number, n: number): number => {
  let best = 0
  for (let chosen = 0; chosen < 2 ** (rows * columns); chosen += 1) {
    const mask = Uint8Array.from(values, (_, at) => (chosen >> at) & 1)
    if (isTransposable(mask, [rows, columns], 1, { n, m: Math.max(rows, columns) })) {
      best = Math.max(
        best,
        keptSum(values, (at) => mask[at] === 1),
      )
    }
  }
  return best
}

describe("transposable masks", () => {
  it("keep the largest weights that rows and columns have room for", () => {
    const values = Float32Array.from([9, 8, 0, 0, 7, 6, 0, 0, 5, 4, 3, 2, 0, 0, 1, 1])
    expect([...transposableMask({ shape: [4, 4], values }, { n: 2, m: 4 })]).toEqual([
      1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1,
    ])
  })

  it("break ties by the lower index", () => {
    const values = new Float32Array(4).fill(-1)
    expect([...transposableMask({ shape: [2, 2], values }, { n: 1, m: 2 })]).toEqual([1, 0, 0, 1])
  })

  it("keep at least half of the magnitude of the best mask, found by trying all", () => {
    const block = fc
      .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }))
      .chain(([rows, columns]) =>
        fc.record({
          rows: fc.constant(rows),
          columns: fc.constant(columns),
          n: fc.integer({ min: 1, max: Math.max(rows, columns) }),
          values: fc
            .array(fc.integer({ min: -20, max: 20 }), {
              minLength: rows * columns,
              maxLength: rows * columns,
            })
            .map((values) => Float32Array.from(values)),
        }),
      )
    fc.assert(
      fc.property(block, ({ rows, columns, n, values }) => {
        const pattern = { n, m: Math.max(rows, columns) }
        const mask = transposableMask({ shape: [rows, columns], values }, pattern)
        const kept = keptSum(values, (at) => mask[at] === 1)
        expect(2 * kept).toBeGreaterThanOrEqual(bestKept(values, rows, columns, n))
      }),
      { numRuns: runs },
    )
  })

  it("are not the best ones: greedy takes 20 where 38 is possible", () => {
    const values = Float32Array.from([20, 19, 19, 0])
    const mask = transposableMask({ shape: [2, 2], values }, { n: 1, m: 2 })
    expect(keptSum(values, (at) => mask[at] === 1)).toBe(20)
    expect(bestKept(values, 2, 2, 1)).toBe(38)
  })

  it("choose by magnitude in the smaller blocks of a ragged edge too", () => {
    const values = Float32Array.from([0, 0, 2, 0, 0, 3])
    expect([...transposableMask({ shape: [2, 3], values }, { n: 1, m: 2 })]).toEqual([1, 0, 0, 0, 1, 1])
  })

  it("solve every kernel position of a convolution on its own", () => {
    // [out 2, in 2, 1, 2]: kernel position 0 holds 1, 3, 5, 7 and position 1 holds 8, 6, 4, 2.
    const values = Float32Array.from([1, 8, 3, 6, 5, 4, 7, 2])
    expect([...transposableMask({ shape: [2, 2, 1, 2], values }, { n: 1, m: 2 })]).toEqual([
      1, 1, 0, 0, 0, 0, 1, 1,
    ])
  })

  it("reject NaN and blocks too large for an exact sort key", () => {
    const values = Float32Array.from([1, NaN])
    expect(() => transposableMask({ shape: [1, 2], values }, { n: 1, m: 2 })).toThrow(WorkloadError)
    expect(() => transposableMask({ shape: [1, 2], values }, { n: 1, m: 4096 })).toThrow(UnsupportedError)
  })
})
