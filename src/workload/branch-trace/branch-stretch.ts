/** A stretch of a branch trace: without its first branches, and no longer than asked for. */
import type { BranchBlock } from "../../../sim/branch/branch-block.ts"

export interface Stretch {
  /** Branches left out at the start. */
  readonly skip: number
  /** Branches kept; undefined for all. */
  readonly max?: number
}

const part = (block: BranchBlock, from: number, to: number): BranchBlock =>
  from === 0 && to === block.length
    ? block
    : {
        length: to - from,
        pc: block.pc.subarray(from, to),
        pcHigh: block.pcHigh.subarray(from, to),
        target: block.target.subarray(from, to),
        targetHigh: block.targetHigh.subarray(from, to),
        flags: block.flags.subarray(from, to),
        gap: block.gap.subarray(from, to),
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
    if (to > from) yield part(block, from, to)
    before += block.length
    if (before >= end) return
  }
}
