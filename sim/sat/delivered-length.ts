/** Elements of a dense line that reach the array while it works through the other operand's kept steps. */
import type { Dataflow } from "../../arch/array-machine.ts"
import { keptPrefix, type ReductionSparsity } from "../../dataflows/gemm.ts"
import { isDense } from "../../dataflows/sparsity/nm-pattern.ts"
import { keptAlong } from "../../dataflows/sparsity/pattern/kept-along.ts"

/** Size of the group that the kept step `step` cuts, or 0 when a group starts there. `end` is the end of the tile. */
const groupCutAt = (step: number, end: number, { pattern, groupedLength }: ReductionSparsity): number => {
  const keptPerRepeat = keptAlong(groupedLength, pattern)
  const repeat = Math.floor(step / keptPerRepeat)
  const within = step - repeat * keptPerRepeat
  if (within % pattern.n === 0) return 0
  const start = repeat * groupedLength + Math.floor(within / pattern.n) * pattern.m
  return Math.min(start + pattern.m, (repeat + 1) * groupedLength, end) - start
}

/**
 * Dense elements a line that the reduction range [from, to) brings to the array, all its folds together: the range itself,
 * and once more every group that the end of a row fold (WS, IS) cuts, because each fold selects from the whole group.
 * Output-stationary folds never cut the reduction. `from` starts a group.
 */
export const deliveredLength = (
  from: number,
  to: number,
  sparsity: ReductionSparsity | undefined,
  dataflow: Dataflow,
  rows: number,
): number => {
  let delivered = to - from
  if (dataflow === "os" || sparsity === undefined || isDense(sparsity.pattern)) return delivered
  const last = keptPrefix(to, sparsity)
  for (let step = keptPrefix(from, sparsity) + rows; step < last; step += rows) {
    delivered += groupCutAt(step, to, sparsity)
  }
  return delivered
}
