/** Where the first half of a trace's branches ends. */
import type { BranchBlock } from "../../sim/branch/branch-block.ts"

/** Marks kept at most: the half is met to a two-thousandth of the trace. */
const mostMarks = 4096

/**
 * Instructions of the first half of the branches, 0 of a trace without any. One pass that keeps the instructions at every
 * so many branches; where they become too many every other one is dropped, so that memory has a bound.
 */
export const instructionsOfFirstHalf = async (blocks: AsyncIterable<BranchBlock>): Promise<number> => {
  const marks = new Float64Array(mostMarks)
  let every = 1
  let kept = 0
  let branches = 0
  let instructions = 0
  for await (const { gap, length } of blocks) {
    for (let i = 0; i < length; i++) {
      instructions += gap[i]
      if (++branches % every !== 0) continue
      if (kept === mostMarks) {
        kept = mostMarks / 2
        for (let k = 0; k < kept; k++) marks[k] = marks[2 * k + 1]
        every *= 2
        if (branches % every !== 0) continue
      }
      marks[kept++] = instructions
    }
  }
  const mark = Math.floor(branches / 2 / every)
  return mark === 0 ? 0 : marks[mark - 1]
}
