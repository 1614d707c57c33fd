/** What the bench runs over: a raw SBBT file or, without one, the self-test stream ten times over. */
import { type BranchBlock, newBranchBlock } from "../../../sim/branch/branch-block.ts"
import { selfTestStream } from "../../arbitraries/branch-stream.ts"
import { rawSbbt } from "./raw-sbbt.ts"

const repeats = 10

export const benchTrace = (path: string | undefined): BranchBlock => {
  if (path !== undefined) return rawSbbt(path)
  const stream = selfTestStream()
  const block = newBranchBlock(stream.length * repeats)
  for (let k = 0; k < repeats; k++) {
    for (const column of ["pc", "pcHigh", "target", "targetHigh", "flags", "gap"] as const) {
      block[column].set(stream[column], k * stream.length)
    }
  }
  block.length = stream.length * repeats
  return block
}
