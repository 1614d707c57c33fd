/** What a mapping computes does not depend on the mapping: every point once, the result that of the reference product. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { keptK } from "../../dataflows/gemm.ts"
import { foldsInOrder } from "../../dataflows/loop-nest.ts"
import { nmMask } from "../../dataflows/sparsity/prune.ts"
import { arrayShape, dataflow, mappedGemm, tiling } from "../arbitraries/gemm.ts"
import { runs } from "../arbitraries/runs.ts"

/** Integers that products of this size sum exactly. */
const matrix = (rows: number, cols: number, seed: number): Float64Array => {
  const out = new Float64Array(rows * cols)
  let state = seed | 1
  for (let i = 0; i < out.length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0
    out[i] = ((state >> 16) % 50) + 51
  }
  return out
}

const reference = (a: Float64Array, b: Float64Array, m: number, n: number, k: number): Float64Array => {
  const c = new Float64Array(m * n)
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) for (let j = 0; j < n; j++) c[i * n + j] += a[i * k + p] * b[p * n + j]
  }
  return c
}

describe("the mapped loop nest", () => {
  it("visits every kept point of the product exactly once, whatever dataflow, tiling and array (D19)", () => {
    fc.assert(
      fc.property(mappedGemm, tiling, dataflow, arrayShape, (work, tiles, flow, { rows, cols }) => {
        const { m, n } = work.gemm
        const k = keptK(work)
        const visits = new Uint8Array(m * n * k)
        for (const fold of foldsInOrder(work, tiles, flow, rows, cols)) {
          for (let i = fold.m[0]; i < fold.m[1]; i++) {
            for (let j = fold.n[0]; j < fold.n[1]; j++) {
              for (let p = fold.k[0]; p < fold.k[1]; p++) visits[(i * n + j) * k + p]++
            }
          }
        }
        expect(visits.every((count) => count === 1)).toBe(true)
      }),
      { numRuns: runs },
    )
  })

  it("gives the reference product on the pruned weights, integers exactly (F12, F14, F18)", () => {
    fc.assert(
      fc.property(
        mappedGemm,
        tiling,
        dataflow,
        arrayShape,
        fc.integer(),
        (work, tiles, flow, { rows, cols }, seed) => {
          const { m, n, k } = work.gemm
          const a = matrix(m, k, seed)
          const dense = matrix(k, n, seed ^ 0x5555)
          const { sparsity } = work
          const shape = [k / (sparsity?.groupedLength ?? k), sparsity?.groupedLength ?? k, n]
          const mask =
            sparsity === undefined
              ? new Uint8Array(k * n).fill(1)
              : nmMask(Float32Array.from(dense), shape, 1, sparsity.pattern)
          const b = dense.map((value, i) => value * mask[i])
          // Row p of column j's kept elements, in reduction order: what the array's selector reads.
          const kept = Array.from({ length: n }, (_, j) =>
            Array.from({ length: k }, (_, p) => p).filter((p) => mask[p * n + j] === 1),
          )
          const c = new Float64Array(m * n)
          for (const fold of foldsInOrder(work, tiles, flow, rows, cols)) {
            for (let i = fold.m[0]; i < fold.m[1]; i++) {
              for (let j = fold.n[0]; j < fold.n[1]; j++) {
                for (let p = fold.k[0]; p < fold.k[1]; p++) {
                  const row = kept[j][p]
                  c[i * n + j] += a[i * k + row] * b[row * n + j]
                }
              }
            }
          }
          expect(kept.every((rowsOfColumn) => rowsOfColumn.length === keptK(work))).toBe(true)
          expect(c).toEqual(reference(a, b, m, n, k))
        },
      ),
      { numRuns: runs },
    )
  })
})
