/** The groups of M along the reduction axis, and which group each kept step selects from. */
import type { ReductionSparsity } from "../../../dataflows/gemm.ts"
import { isDense } from "../../../dataflows/sparsity/nm-pattern.ts"

export interface ReductionGroups {
  /** Words of a group register: M, or 1 when nothing is sparse. */
  readonly width: number
  /** First dense element of each group, and the reduction length at the end. */
  readonly starts: Int32Array
  /** First kept step of each group, and the kept length at the end. */
  readonly keptStarts: Int32Array
  /** Group of each kept step. */
  readonly groupOfKept: Int32Array
}

/**
 * Groups of the first `k` reduction elements. Every repeat of the grouped axis starts a new group and may end in a tail
 * group of t < M elements, which keeps min(N, t). Without sparsity (or with N = M) the array runs in its dense mode: every
 * element is a group of its own.
 */
export const reductionGroups = (k: number, sparsity: ReductionSparsity | undefined): ReductionGroups => {
  const sparse = sparsity !== undefined && !isDense(sparsity.pattern)
  const { n, m } = sparse ? sparsity.pattern : { n: 1, m: 1 }
  const repeat = sparse ? sparsity.groupedLength : k
  const starts: number[] = []
  const keptStarts: number[] = []
  const groupOfKept: number[] = []
  for (let from = 0; from < k; from += repeat) {
    const end = Math.min(k, from + repeat)
    for (let start = from; start < end; start += m) {
      const kept = Math.min(n, end - start)
      keptStarts.push(groupOfKept.length)
      for (let i = 0; i < kept; i++) groupOfKept.push(starts.length)
      starts.push(start)
    }
  }
  return {
    width: m,
    starts: Int32Array.from([...starts, k]),
    keptStarts: Int32Array.from([...keptStarts, groupOfKept.length]),
    groupOfKept: Int32Array.from(groupOfKept),
  }
}
