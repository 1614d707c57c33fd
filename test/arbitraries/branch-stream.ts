/**
 * A stream of every class of branch, with 32-bit, 47-bit and sign-extended 64-bit addresses, whose mispredictions are
 * known for every predictor. Construction and counts: `reference/predictors.md` 6.1.
 */
import { backwardFlag, type BranchBlock, newBranchBlock } from "../../sim/branch/branch-block.ts"

const opcodes = [1, 1, 3, 1, 5, 1, 9, 1, 11, 1, 2, 0, 6, 8, 10, 7] as const

const baseOf = (site: number): readonly [low: number, high: number] => {
  if (site < 24) return [0x401000, 0]
  if (site < 48) return [0x55400000, 0x5555]
  return [0x80000000 | 0, -1]
}

/** The first `records` records; 400,000 is the whole stream. */
export const selfTestStream = (records = 400_000): BranchBlock => {
  const block = newBranchBlock(records)
  const counts = new Int32Array(64)
  let x = 1
  let site = 0
  let outcomes = 0
  for (let i = 0; i < records; i++) {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    const r = x >>> 0
    const opcode = opcodes[site % 16]
    const count = counts[site]
    let taken = 1
    if ((opcode & 1) !== 0) {
      if (site % 4 === 0) taken = count % (5 + site) === 4 + site ? 0 : 1
      else if (site % 4 === 1) taken = ((outcomes >> 3) ^ (outcomes >> 7)) & 1
      else if (site % 4 === 2) taken = ((r >>> 16) & 3) === 0 ? 0 : 1
      else taken = (count >> 2) & 1
      counts[site] = count + 1
      outcomes = (outcomes << 1) | taken
    }
    const [base, high] = baseOf(site)
    const pc = (base + 52 * site) | 0
    const jump = (site % 4 === 0 ? -64 : 64) + ((opcode & 2) !== 0 ? 20 * ((r >>> 20) & 7) : 0)
    const target = (pc + jump) | 0
    block.pc[i] = pc
    block.pcHigh[i] = high
    block.target[i] = target
    block.targetHigh[i] = high
    block.gap[i] = 1
    block.flags[i] = opcode | (taken << 4) | backwardFlag(pc, high, target, high)
    if (r % 64 === 0) site = (r >>> 8) & 63
    else if (!((opcode & 1) !== 0 && taken === 1 && site % 4 === 0)) site = (site + 1) % 64
  }
  block.length = records
  return block
}
