/** A raw (uncompressed) SBBT file as one block, for benches. */
import { readFileSync } from "node:fs"
import { backwardFlag, type BranchBlock, newBranchBlock } from "../../../sim/branch/branch-block.ts"

const headerBytes = 24
const recordBytes = 16

export const rawSbbt = (path: string): BranchBlock => {
  const bytes = readFileSync(path)
  const records = Math.floor((bytes.length - headerBytes) / recordBytes)
  const block = newBranchBlock(records)
  for (let i = 0; i < records; i++) {
    const at = headerBytes + i * recordBytes
    const first = bytes.readInt32LE(at)
    const high = bytes.readInt32LE(at + 4)
    const second = bytes.readInt32LE(at + 8)
    const targetHigh = bytes.readInt32LE(at + 12)
    block.pc[i] = (first >>> 12) | (high << 20)
    block.pcHigh[i] = high >> 12
    block.target[i] = (second >>> 12) | (targetHigh << 20)
    block.targetHigh[i] = targetHigh >> 12
    block.gap[i] = second & 4095
    block.flags[i] =
      (first & 15) |
      (((first >> 11) & 1) << 4) |
      backwardFlag(block.pc[i], block.pcHigh[i], block.target[i], block.targetHigh[i])
  }
  block.length = records
  return block
}
