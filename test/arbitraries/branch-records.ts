/** Branch records as a trace of any format may hold them, and blocks of them. */
import fc from "fast-check"
import {
  backwardFlag,
  type BranchBlock,
  CONDITIONAL,
  newBranchBlock,
  TAKEN,
} from "../../sim/branch/branch-block.ts"

export interface BranchRecord {
  /** 64 bits, unsigned. */
  readonly pc: bigint
  readonly target: bigint
  /** SBBT's opcode. */
  readonly opcode: number
  readonly taken: boolean
  readonly gap: number
}

/** Addresses that 52 bits hold, sign-extended: small ones, those of user programs, of a kernel, and the ends of the range. */
export const address = fc
  .oneof(
    fc.bigInt(0n, 64n),
    fc.bigInt(0x400000n, 0x400040n),
    fc.bigInt(-(1n << 51n), (1n << 51n) - 1n),
    fc.constantFrom((1n << 51n) - 1n, -(1n << 51n), -1n, (1n << 32n) - 1n, 1n << 31n),
  )
  .map((value) => BigInt.asUintN(64, value))

export const branchRecord: fc.Arbitrary<BranchRecord> = fc
  .record({
    pc: address,
    target: address,
    opcode: fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
    taken: fc.boolean(),
    gap: fc.integer({ min: 0, max: 4095 }),
  })
  .map((record) => ({ ...record, taken: record.taken || (record.opcode & CONDITIONAL) === 0 }))

const low = (value: bigint): number => Number(BigInt.asIntN(32, value))
const high = (value: bigint): number => Number(BigInt.asIntN(32, value >> 32n))

export const blockOf = (records: readonly BranchRecord[]): BranchBlock => {
  const block = newBranchBlock(Math.max(1, records.length))
  for (const [i, { pc, target, opcode, taken, gap }] of records.entries()) {
    block.pc[i] = low(pc)
    block.pcHigh[i] = high(pc)
    block.target[i] = low(target)
    block.targetHigh[i] = high(target)
    block.flags[i] = opcode | (taken ? TAKEN : 0) | backwardFlag(low(pc), high(pc), low(target), high(target))
    block.gap[i] = gap
  }
  block.length = records.length
  return block
}

const whole = (low: number, high: number): bigint => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)

export const recordsOf = ({
  length,
  pc,
  pcHigh,
  target,
  targetHigh,
  flags,
  gap,
}: BranchBlock): readonly BranchRecord[] =>
  Array.from({ length }, (_, i) => ({
    pc: whole(pc[i], pcHigh[i]),
    target: whole(target[i], targetHigh[i]),
    opcode: flags[i] & 15,
    taken: (flags[i] & TAKEN) !== 0,
    gap: gap[i],
  }))
