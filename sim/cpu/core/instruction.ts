/** An AArch64 instruction as the timing of a core sees it: what it is, what it reads and writes, where in memory. */
import type { CoreOperation } from "../../../arch/cpu-core.ts"

/** General registers are 0 to 30, sp is 31, vector registers are 32 to 63, the flags are 64. */
export type Register = number
export const sp = 31
export const firstVector = 32
export const flags = 64
export const registers = 65

/** The address `[base, offset]` of an access; `offset` is undefined where another register is added. */
export interface MemoryOperand {
  readonly access: "load" | "store" | "prefetch"
  readonly base: Register
  readonly offset: number | undefined
  readonly bytes: number
  /** The base register is written back (post- or pre-indexed). */
  readonly update: "none" | "post" | "pre"
}

export interface Instruction {
  /** Line of the text, from 1. */
  readonly line: number
  readonly text: string
  readonly operation: CoreOperation
  /** Registers read, the accumulator of a multiply-accumulate and the base of an address left out. */
  readonly reads: readonly Register[]
  readonly accumulator: Register | undefined
  /** Registers written, an updated base left out. */
  readonly writes: readonly Register[]
  readonly memory: MemoryOperand | undefined
}
