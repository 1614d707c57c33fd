/** Row-wise N:M (VEGETA): what N every row of real weights needs, and what that leaves. */
import { indexBits, type MetadataFormat, metadataBitsPerGroup } from "../compressed-size.ts"
import { formatNmPattern } from "../nm-pattern.ts"
import type { WeightPass, Weights } from "../weight-axis.ts"
import { WorkloadError } from "../../../arch/errors.ts"
import type { RowWisePattern } from "./sparsity-pattern.ts"
import { linesOf, weightMatrix } from "./weight-matrix.ts"

/**
 * N of every row, among the powers of two up to M: the least that keeps all its non-zeros (a row of zeros has 1). A row is
 * one output channel in FF and one input channel in BP, over all kernel positions; that is our reading of a row for
 * convolutions. −0 is zero, NaN is not.
 *
 * Throws WorkloadError for a wrong shape.
 */
export const rowWiseN = (weights: Weights, pattern: RowWisePattern, pass: WeightPass): Int32Array => {
  const matrix = weightMatrix(weights, pattern, pass)
  const most = new Int32Array(matrix.groups * matrix.rows).fill(1)
  for (const { row, first } of linesOf(matrix)) {
    for (let start = 0; start < matrix.length; start += pattern.m) {
      let nonZeros = 0
      for (let j = start; j < Math.min(start + pattern.m, matrix.length); j += 1) {
        if (weights.values[first + j * matrix.stride] !== 0) nonZeros += 1
      }
      if (nonZeros > most[row]) most[row] = nonZeros
    }
  }
  return most.map((nonZeros) => 2 ** Math.ceil(Math.log2(nonZeros)))
}

/** True when every row's groups of M hold at most that row's N. Throws WorkloadError for a wrong number of rows. */
export const satisfiesRowWise = (
  weights: Weights,
  pattern: RowWisePattern,
  pass: WeightPass,
  rowN: Int32Array,
): boolean => {
  const needed = rowWiseN(weights, pattern, pass)
  if (needed.length !== rowN.length) {
    throw new WorkloadError({
      message: `Row-wise ${formatNmPattern(pattern)} weights have ${needed.length} rows, found N of ${rowN.length}.`,
    })
  }
  return needed.every((n, row) => n <= rowN[row])
}

/** Share of slots that row-wise storage keeps: the mean of N/M over rows. */
export const rowWiseDensity = (rowN: Int32Array, { m }: RowWisePattern): number =>
  rowN.reduce((sum, n) => sum + n, 0) / (rowN.length * m)

/** Bits of metadata of rows with `groupsPerRow` groups each: their positions, and every row's N as one of log2 M + 1 choices. */
export const rowWiseMetadataBits = (
  rowN: Int32Array,
  { m }: RowWisePattern,
  groupsPerRow: number,
  format: MetadataFormat,
): number => {
  const choice = indexBits(Math.log2(m) + 1)
  return rowN.reduce((bits, n) => bits + choice + groupsPerRow * metadataBitsPerGroup({ n, m }, format), 0)
}
