/** V:N:M masks: 4 of every M columns for V rows together, N of those 4 for every row. */
import { rejectNaN } from "../magnitude.ts"
import type { WeightPass, Weights } from "../weight-axis.ts"
import { type VectorPattern, vectorColumns } from "./sparsity-pattern.ts"
import { takeLargest } from "./take-largest.ts"
import { weightMatrix } from "./weight-matrix.ts"

/**
 * The magnitude mask, one byte a weight, 1 kept: columns by the sum of magnitudes over the block's rows, then every row's N
 * largest of the 4; ties to the lower index. The last block has fewer rows where V does not divide them. The published format
 * leaves the criterion open; this one is ours, and with V = 1 it is plain N:M by magnitude.
 *
 * Throws WorkloadError for NaN or a wrong shape, ConfigError for an invalid pattern.
 */
export const vectorMask = (weights: Weights, pattern: VectorPattern, pass: WeightPass): Uint8Array => {
  const matrix = weightMatrix(weights, pattern, pass)
  const { values } = weights
  rejectNaN(values)
  const { n, m, v } = pattern
  const mask = new Uint8Array(values.length)
  const scores = new Float64Array(m)
  const columns = new Uint8Array(m)
  const taken = new Uint8Array(m)
  for (let g = 0; g < matrix.groups; g += 1) {
    for (let p = 0; p < matrix.positions; p += 1) {
      for (let top = 0; top < matrix.rows; top += v) {
        const bottom = Math.min(top + v, matrix.rows)
        for (let left = 0; left < matrix.length; left += m) {
          const width = Math.min(m, matrix.length - left)
          const corner = g * matrix.groupStride + p + left * matrix.stride
          scores.fill(0)
          for (let r = top; r < bottom; r += 1) {
            const first = corner + r * matrix.rowStride
            for (let j = 0; j < width; j += 1) scores[j] += Math.abs(values[first + j * matrix.stride])
          }
          takeLargest(scores, width, vectorColumns, columns)
          for (let r = top; r < bottom; r += 1) {
            const first = corner + r * matrix.rowStride
            for (let j = 0; j < width; j += 1) {
              // No magnitude is below 0, so a column outside the block is never taken before one inside.
              scores[j] = columns[j] === 1 ? Math.abs(values[first + j * matrix.stride]) : -1
            }
            takeLargest(scores, width, n, taken)
            for (let j = 0; j < width; j += 1) mask[first + j * matrix.stride] = taken[j]
          }
        }
      }
    }
  }
  return mask
}

/**
 * True when every row has at most N non-zeros in every group of M, in at most 4 columns for each V rows. Errors as in
 * `vectorMask`, but NaN counts as a non-zero.
 */
export const satisfiesVector = (weights: Weights, pattern: VectorPattern, pass: WeightPass): boolean => {
  const matrix = weightMatrix(weights, pattern, pass)
  const { values } = weights
  const { n, m, v } = pattern
  const used = new Uint8Array(m)
  for (let g = 0; g < matrix.groups; g += 1) {
    for (let p = 0; p < matrix.positions; p += 1) {
      for (let top = 0; top < matrix.rows; top += v) {
        for (let left = 0; left < matrix.length; left += m) {
          const width = Math.min(m, matrix.length - left)
          used.fill(0)
          for (let r = top; r < Math.min(top + v, matrix.rows); r += 1) {
            const first = g * matrix.groupStride + p + left * matrix.stride + r * matrix.rowStride
            let nonZeros = 0
            for (let j = 0; j < width; j += 1) {
              if (values[first + j * matrix.stride] === 0) continue
              nonZeros += 1
              used[j] = 1
            }
            if (nonZeros > n) return false
          }
          if (used.reduce((sum, column) => sum + column, 0) > vectorColumns) return false
        }
      }
    }
  }
  return true
}
