/** Stretches of branch traces: few sites, every class, addresses below and above 2^32. */
import fc from "fast-check"
import { backwardFlag, type BranchBlock, newBranchBlock } from "../../sim/branch/branch-block.ts"

export interface BranchRecord {
  readonly pc: number
  readonly pcHigh: number
  readonly target: number
  /** SBBT's. */
  readonly opcode: number
  readonly taken: number
}

export const blockOf = (records: readonly BranchRecord[]): BranchBlock => {
  const block = newBranchBlock(records.length)
  for (const [i, { pc, pcHigh, target, opcode, taken }] of records.entries()) {
    block.pc[i] = pc
    block.pcHigh[i] = pcHigh
    block.target[i] = target
    block.targetHigh[i] = pcHigh
    block.gap[i] = 1
    block.flags[i] = opcode | (taken << 4) | backwardFlag(pc, pcHigh, target, pcHigh)
  }
  block.length = records.length
  return block
}

/** Conditional branches of one site with these outcomes. */
export const oneSite = (outcomes: readonly number[], pc = 0x401000): BranchBlock =>
  blockOf(outcomes.map((taken) => ({ pc, pcHigh: 0, target: pc - 64, opcode: 1, taken })))

const record: fc.Arbitrary<BranchRecord> = fc
  .record({
    site: fc.integer({ min: 0, max: 40 }),
    pcHigh: fc.constantFrom(0, 0, 0, 0x5555, -1),
    jump: fc.integer({ min: -300, max: 300 }),
    opcode: fc.constantFrom(1, 1, 1, 1, 1, 3, 5, 9, 11, 2, 0, 6, 8, 10, 7),
    taken: fc.integer({ min: 0, max: 1 }),
  })
  .map(({ site, pcHigh, jump, opcode, taken }) => ({
    pc: 0x401000 + 52 * site,
    pcHigh,
    target: 0x401000 + 52 * site + jump,
    opcode,
    taken: (opcode & 1) === 0 ? 1 : taken,
  }))

export const branchRecords = fc.array(record, { minLength: 1, maxLength: 400, size: "max" })
