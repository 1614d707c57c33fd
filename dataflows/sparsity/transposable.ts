/** Transposable masks: one mask that is N:M along the input and along the output channels (Hubara et al. 2021, arXiv 2102.08124). */
import { UnsupportedError } from "../../arch/errors.ts"
import { groupAlong } from "./grouping.ts"
import { bitsOf, MAGNITUDE_BITS, rejectNaN } from "./magnitude.ts"
import { formatNmPattern, type NmPattern } from "./nm-pattern.ts"
import { satisfiesNm } from "./satisfies.ts"
import { passGrouping, type Weights } from "./weight-axis.ts"

/** True when `mask` is N:M both ways. A mask that is N:M along one axis seldom is. `shape` and `groups` as in `Weights`. */
export const isTransposable = (
  mask: Uint8Array,
  shape: readonly number[],
  groups: number,
  pattern: NmPattern,
): boolean => {
  const ff = passGrouping(shape, groups, "FF")
  const bp = passGrouping(shape, groups, "BP")
  return satisfiesNm(mask, ff.shape, ff.axis, pattern) && satisfiesNm(mask, bp.shape, bp.axis, pattern)
}

/** A magnitude and a position in the block share one float64 sort key: 31 + 2 × 11 bits fill its 53 exactly. */
const LARGEST_BLOCK = 2048

/**
 * A transposable magnitude mask, one byte a weight, 1 kept.
 *
 * Each block of M output × M input channels (at one kernel position) is solved greedily: take weights by falling
 * magnitude, ties by lower index, as long as their row and their column have fewer than N. Such a choice is a
 * b-matching, of which greedy keeps at least half of the magnitude that the best one keeps (Mestre 2006, "Greedy in
 * approximation algorithms": b-matchings are 2-extendible). It may leave a row or a column below N. Blocks at the ragged
 * edge are smaller, with the same N.
 *
 * Throws WorkloadError for NaN or a wrong shape, ConfigError for an invalid pattern, UnsupportedError for M > 2048.
 */
export const transposableMask = (weights: Weights, pattern: NmPattern): Uint8Array => {
  const { values } = weights
  const { shape, axis } = passGrouping(weights.shape, weights.groups ?? 1, "BP")
  const { outer, length: rows } = groupAlong(values.length, shape, axis, pattern)
  const columns = shape[axis + 1]
  const kernel = shape.slice(axis + 2).reduce((a, b) => a * b, 1)
  const { m } = pattern
  if (m > LARGEST_BLOCK) {
    throw new UnsupportedError({
      message: `Transposable masks are built for M up to ${LARGEST_BLOCK}, found ${formatNmPattern(pattern)}.`,
    })
  }
  rejectNaN(values)
  const bits = bitsOf(values)
  const mask = new Uint8Array(values.length)
  const block = {
    sortKeys: new Float64Array(Math.min(m, rows) * Math.min(m, columns)),
    rowCounts: new Int32Array(Math.min(m, rows)),
    columnCounts: new Int32Array(Math.min(m, columns)),
  }
  const rowStride = columns * kernel
  for (let o = 0; o < outer; o += 1) {
    for (let row = 0; row < rows; row += m) {
      for (let column = 0; column < columns; column += m) {
        for (let k = 0; k < kernel; k += 1) {
          const first = (o * rows + row) * rowStride + column * kernel + k
          const height = Math.min(m, rows - row)
          const width = Math.min(m, columns - column)
          fillBlock(bits, mask, { first, height, width, rowStride, columnStride: kernel }, pattern.n, block)
        }
      }
    }
  }
  return mask
}

interface Block {
  /** Flat index of the block's first element. */
  readonly first: number
  readonly height: number
  readonly width: number
  readonly rowStride: number
  readonly columnStride: number
}

interface BlockScratch {
  readonly sortKeys: Float64Array
  readonly rowCounts: Int32Array
  readonly columnCounts: Int32Array
}

const fillBlock = (
  bits: Int32Array,
  mask: Uint8Array,
  { first, height, width, rowStride, columnStride }: Block,
  n: number,
  { sortKeys, rowCounts, columnCounts }: BlockScratch,
): void => {
  const size = height * width
  for (let position = 0; position < size; position += 1) {
    const at = first + Math.floor(position / width) * rowStride + (position % width) * columnStride
    // Read from the end of an ascending sort: larger magnitudes first, then lower positions.
    sortKeys[position] = (bits[at] & MAGNITUDE_BITS) * size + (size - 1 - position)
  }
  sortKeys.subarray(0, size).sort()
  rowCounts.fill(0)
  columnCounts.fill(0)
  for (let rank = size - 1; rank >= 0; rank -= 1) {
    const position = size - 1 - (sortKeys[rank] % size)
    const row = Math.floor(position / width)
    const column = position % width
    if (rowCounts[row] >= n || columnCounts[column] >= n) continue
    rowCounts[row] += 1
    columnCounts[column] += 1
    mask[first + row * rowStride + column * columnStride] = 1
  }
}
