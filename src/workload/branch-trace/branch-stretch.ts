/** A stretch of a branch trace: without its first branches, and no longer than asked for. */
import { type BranchBlock, partOf } from "../../../sim/branch/branch-block.ts"

export interface Stretch {
  /** Branches left out at the start. */
  readonly skip: number
  /** Branches kept; undefined for all. */
  readonly max?: number
}

/** The blocks of the stretch, none of them empty. The trace is not read further than it goes. */
export async function* branchStretch(
  blocks: AsyncIterable<BranchBlock>,
  { skip, max = Number.POSITIVE_INFINITY }: Stretch,
): AsyncGenerator<BranchBlock> {
  let before = 0
  const end = skip + max
  for await (const block of blocks) {
    const from = Math.min(block.length, Math.max(0, skip - before))
    const to = Math.min(block.length, end - before)
    if (to > from) yield partOf(block, from, to)
    before += block.length
    if (before >= end) return
  }
}

/** The blocks up to the first branch with which `instructions` are reached, that branch included. */
export async function* untilInstructions(
  blocks: AsyncIterable<BranchBlock>,
  instructions: number,
): AsyncGenerator<BranchBlock> {
  let left = instructions
  for await (const block of blocks) {
    let to = 0
    while (to < block.length && left > 0) left -= block.gap[to++]
    if (to > 0) yield partOf(block, 0, to)
    if (left <= 0) return
  }
}
