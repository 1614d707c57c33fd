/**
 * Magnitude N:M pruning: of every M consecutive elements along one axis, the N largest in magnitude stay.
 *
 * The rules, fixed so that a mask is a function of the weights alone:
 * - Ties: the lower index along the axis is kept.
 * - A tail group of t < M elements keeps min(N, t).
 * - A mask marks exactly that many positions in every group, zeros among them if it must; the non-zero count of the
 *   pruned tensor can therefore be lower.
 * - +0 and −0 have the same magnitude; a kept −0 stays −0, a dropped element becomes +0.
 * - ±Infinity is the largest magnitude and is kept first.
 * - NaN is rejected.
 */
import { groupAlong } from "./grouping.ts"
import { bitsOf, INFINITY_BITS, MAGNITUDE_BITS, rejectNaN } from "./magnitude.ts"
import type { NmPattern } from "./nm-pattern.ts"

/** Above this N sorting the group beats pushing every magnitude through N compare-exchanges. */
const LARGEST_N_TO_EXCHANGE = 16

/**
 * The magnitude mask of a row-major tensor: 1 kept, 0 dropped, one byte an element, in the order of `values`.
 *
 * Shapes: `values` holds the product of `shape` elements; any rank, any `axis` (0 is the outermost).
 * Throws WorkloadError for NaN (naming the flat index), a wrong shape or axis; ConfigError for an invalid pattern.
 *
 * The inner loops have no branches on data, which on real weights are coin tosses: 2:4 to 8:16 take two thirds of the
 * time. Magnitudes are at most 31 bits, so a difference of two fits an int32 and its sign bit is the comparison.
 */
export const nmMask = (
  values: Float32Array,
  shape: readonly number[],
  axis: number,
  pattern: NmPattern,
): Uint8Array => {
  const { outer, length, stride } = groupAlong(values.length, shape, axis, pattern)
  const groupLength = Math.min(pattern.m, length)
  const bits = bitsOf(values)
  const mask = new Uint8Array(values.length)
  const magnitudes = new Int32Array(groupLength)
  const largest = new Int32Array(Math.min(pattern.n, groupLength))
  const sorted = new Int32Array(groupLength)
  /** Goes negative, and stays so, at the first NaN. */
  let belowNaN = 0

  for (let o = 0; o < outer; o += 1) {
    for (let start = 0; start < length; start += pattern.m) {
      const size = Math.min(pattern.m, length - start)
      const keep = Math.min(pattern.n, size)
      const groupBase = (o * length + start) * stride
      // Neighbouring lines innermost: with a large stride their groups share cache lines.
      for (let first = groupBase; first < groupBase + stride; first += 1) {
        for (let j = 0, at = first; j < size; j += 1, at += stride) {
          const magnitude = bits[at] & MAGNITUDE_BITS
          magnitudes[j] = magnitude
          belowNaN |= INFINITY_BITS - magnitude
        }
        if (keep > LARGEST_N_TO_EXCHANGE) sortLargest(magnitudes, size, keep, largest, sorted)
        else exchangeLargest(magnitudes, size, keep, largest)

        const threshold = largest[keep - 1]
        let tiesToKeep = 0
        for (let k = 0; k < keep; k += 1) tiesToKeep += areEqual(largest[k], threshold)
        for (let j = 0, at = first; j < size; j += 1, at += stride) {
          const magnitude = magnitudes[j]
          const tie = areEqual(magnitude, threshold)
          mask[at] = isLess(threshold, magnitude) | (tie & isLess(0, tiesToKeep))
          tiesToKeep -= tie
        }
      }
    }
  }
  if (belowNaN < 0) rejectNaN(values)
  return mask
}

/** 1 when a < b, else 0; a − b must be an int32. */
const isLess = (a: number, b: number): number => (a - b) >>> 31

/** 1 when a = b, else 0, for non-negative int32. */
const areEqual = (a: number, b: number): number => ((a ^ b) - 1) >>> 31

/** Writes the `keep` largest of `magnitudes[0..size)` to `largest`, in descending order. */
const exchangeLargest = (magnitudes: Int32Array, size: number, keep: number, largest: Int32Array): void => {
  for (let k = 0; k < keep; k += 1) largest[k] = 0
  for (let j = 0; j < size; j += 1) {
    let carried = magnitudes[j]
    for (let k = 0; k < keep; k += 1) {
      const held = largest[k]
      const excess = carried - held
      const swapped = excess & ~(excess >> 31)
      largest[k] = held + swapped
      carried -= swapped
    }
  }
}

/** The same by sorting: M log M instead of M × N. `sorted` is scratch of a whole group's length. */
const sortLargest = (
  magnitudes: Int32Array,
  size: number,
  keep: number,
  largest: Int32Array,
  sorted: Int32Array,
): void => {
  sorted.set(magnitudes)
  // What a longer group left behind sorts to the front as zeros.
  sorted.fill(0, size)
  sorted.sort()
  for (let k = 0; k < keep; k += 1) largest[k] = sorted[sorted.length - 1 - k]
}

/** A copy with the elements outside the mask set to +0; the others keep every bit. */
export const applyMask = (values: Float32Array, mask: Uint8Array): Float32Array => {
  const masked = new Float32Array(values.length)
  const to = bitsOf(masked)
  const from = bitsOf(values)
  for (let i = 0; i < from.length; i += 1) to[i] = from[i] & ((0 - mask[i]) >> 31)
  return masked
}

export interface PrunedTensor {
  /** The input with dropped elements set to +0, kept ones bit for bit. */
  readonly values: Float32Array
  /** 1 kept, 0 dropped. */
  readonly mask: Uint8Array
}

/** {@link nmMask} and the tensor it leaves; same shapes and errors. */
export const prune = (
  values: Float32Array,
  shape: readonly number[],
  axis: number,
  pattern: NmPattern,
): PrunedTensor => {
  const mask = nmMask(values, shape, axis, pattern)
  return { values: applyMask(values, mask), mask }
}
