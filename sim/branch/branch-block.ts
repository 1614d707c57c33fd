/**
 * A stretch of a branch trace as columns: what readers fill and predictors run over. Addresses are 64 bits wide and kept
 * as two signed 32-bit halves, since a predictor mostly hashes the low one.
 */

/** Bits of `BranchBlock.flags`; the low four are SBBT's opcode. */
export const CONDITIONAL = 1
/** Of an indirect jump or call; a return counts as indirect whether or not its format says so: see `isIndirect`. */
export const INDIRECT = 2
export const RETURN = 4
export const CALL = 8
export const TAKEN = 16
/** The recorded target lies below the branch (unsigned 64-bit compare), whatever the outcome. */
export const BACKWARD = 32

export interface BranchBlock {
  /** Records in use; the columns may be longer. */
  length: number
  /** Bits 0 to 31 of the branch's address. */
  readonly pc: Int32Array
  /** Bits 32 to 63, sign-extended where the format stores fewer. */
  readonly pcHigh: Int32Array
  readonly target: Int32Array
  readonly targetHigh: Int32Array
  readonly flags: Uint8Array
  /** Instructions since the previous branch, this one included. */
  readonly gap: Int32Array
}

/** Records of a block where nothing says otherwise: large enough to amortise a call, small enough for a cache. */
export const blockCapacity = 16_384

/** Bytes a record takes in a block. */
const recordBytes = 4 * 5 + 1

/** An empty block, its columns in one piece of memory, which other threads may share. */
export const newBranchBlock = (
  capacity: number = blockCapacity,
  memory: ArrayBufferLike = new ArrayBuffer(capacity * recordBytes),
): BranchBlock => {
  const column = (k: number): Int32Array => new Int32Array(memory, 4 * k * capacity, capacity)
  return {
    length: 0,
    pc: column(0),
    pcHigh: column(1),
    target: column(2),
    targetHigh: column(3),
    gap: column(4),
    flags: new Uint8Array(memory, 20 * capacity, capacity),
  }
}

/** BACKWARD if target < pc as unsigned 64-bit numbers, else 0. */
export const backwardFlag = (pc: number, pcHigh: number, target: number, targetHigh: number): number => {
  const high = targetHigh >>> 0
  const ofPc = pcHigh >>> 0
  if (high !== ofPc) return high < ofPc ? BACKWARD : 0
  return target >>> 0 < pc >>> 0 ? BACKWARD : 0
}

/** An indirect jump, an indirect call or any return. */
export const isIndirect = (flags: number): boolean => (flags & (INDIRECT | RETURN)) !== 0

/** Records [from, to) of a block, on the same memory. */
export const partOf = (block: BranchBlock, from: number, to: number): BranchBlock =>
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
