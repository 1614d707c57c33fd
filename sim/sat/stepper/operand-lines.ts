/**
 * Operands as the array's edges deliver them: lines along the reduction axis (rows of A, columns of B). One of the two is
 * delivered in whole groups; of the other only the kept values come, each with its position in its group.
 */
import { WorkloadError } from "../../../arch/errors.ts"
import type { Gemm } from "../../../dataflows/gemm.ts"
import type { ReductionGroups } from "./reduction-groups.ts"

/** The operand that is selected from. */
export interface GroupedLines {
  readonly length: number
  /** Lines × `length`. */
  readonly values: Float64Array
}

/** The compressed operand. */
export interface KeptLines {
  /** Kept values a line. */
  readonly length: number
  /** Lines × `length`. */
  readonly values: Float64Array
  /** Position of each value in its group. */
  readonly positions: Int32Array
}

/** Row-major matrix as lines along k: A (m × k) as it is, B (k × n) transposed. */
const linesOf = <T extends Float64Array | Uint8Array>(
  matrix: ArrayLike<number>,
  operand: "a" | "b",
  { m, n, k }: Gemm,
  into: T,
): T => {
  const lines = operand === "a" ? m : n
  const [lineStride, stepStride] = operand === "a" ? [k, 1] : [1, n]
  for (let line = 0; line < lines; line++) {
    for (let p = 0; p < k; p++) into[line * k + p] = matrix[line * lineStride + p * stepStride]
  }
  return into
}

/** The operand that is delivered whole. */
export const groupedLines = (matrix: ArrayLike<number>, operand: "a" | "b", gemm: Gemm): GroupedLines => ({
  length: gemm.k,
  values: linesOf(matrix, operand, gemm, new Float64Array((operand === "a" ? gemm.m : gemm.n) * gemm.k)),
})

/**
 * The operand of which only what `mask` keeps (1 kept, layout of the matrix; absent: all) is delivered.
 * Throws WorkloadError when a group does not keep exactly min(N, its size).
 */
export const keptLines = (
  matrix: ArrayLike<number>,
  mask: Uint8Array | undefined,
  operand: "a" | "b",
  gemm: Gemm,
  groups: ReductionGroups,
): KeptLines => {
  const { k } = gemm
  const lines = operand === "a" ? gemm.m : gemm.n
  const all = linesOf(matrix, operand, gemm, new Float64Array(lines * k))
  const marks =
    mask === undefined
      ? new Uint8Array(lines * k).fill(1)
      : linesOf(mask, operand, gemm, new Uint8Array(lines * k))
  const { starts, keptStarts, groupOfKept } = groups
  const length = groupOfKept.length
  const values = new Float64Array(lines * length)
  const positions = new Int32Array(lines * length)
  for (let line = 0; line < lines; line++) {
    for (let group = 0; group + 1 < starts.length; group++) {
      let at = keptStarts[group]
      for (let p = starts[group]; p < starts[group + 1]; p++) {
        if (marks[line * k + p] === 0) continue
        if (at < keptStarts[group + 1]) {
          values[line * length + at] = all[line * k + p]
          positions[line * length + at] = p - starts[group]
        }
        at++
      }
      if (at !== keptStarts[group + 1]) {
        const found = at - keptStarts[group]
        const expected = keptStarts[group + 1] - keptStarts[group]
        throw new WorkloadError({
          message: `Line ${line} of operand ${operand} keeps ${found} elements of the group at ${starts[group]}, not ${expected}.`,
          remedy: "Take the mask of nmMask along the reduction axis.",
        })
      }
    }
  }
  return { length, values, positions }
}
