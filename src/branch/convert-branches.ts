/** From a branch trace of any format to SBBT. */
import type { BranchBlock } from "../../sim/branch/branch-block.ts"
import { branchStretch, type Stretch } from "../workload/branch-trace/branch-stretch.ts"
import { writeSbbt, type WrittenSbbt } from "../workload/branch-trace/write-sbbt.ts"
import type { BranchSource } from "./branch-run.ts"

/** Calls `seen` after each block with the branches so far, and adds up gaps. */
async function* watched(
  blocks: AsyncIterable<BranchBlock>,
  counts: { instructions: number },
  seen: (branches: number) => void,
): AsyncGenerator<BranchBlock> {
  let branches = 0
  for await (const block of blocks) {
    for (let i = 0; i < block.length; i++) counts.instructions += block.gap[i]
    yield block
    branches += block.length
    seen(branches)
  }
}

/**
 * Writes a stretch of `source` to `path`. The header has the instructions of the source where all of it is written, else those
 * up to and with the last branch.
 * @throws WorkloadError, ConfigError, OutputError
 */
export const convertBranches = async (
  source: BranchSource,
  path: string,
  stretch: Stretch,
  seen: (branches: number) => void,
  signal: AbortSignal,
): Promise<WrittenSbbt> => {
  const counts = { instructions: 0 }
  const whole = stretch.skip === 0 && stretch.max === undefined
  return writeSbbt(
    path,
    {
      name: source.name,
      blocks: watched(branchStretch(source.blocks(), stretch), counts, seen),
      instructions: () => (whole ? source.instructions() : counts.instructions),
    },
    signal,
  )
}
