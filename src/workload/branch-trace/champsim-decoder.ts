/**
 * ChampSim's instruction records, which have no header: 64 bytes an instruction (address 8, is a branch 1, taken 1, destination
 * registers 2 × 1, source registers 4 × 1, destination memory 2 × 8, source memory 4 × 8); the CloudSuite variant has 4
 * destinations each and two bytes of address space (96 bytes with padding). The class of a branch follows from the registers it
 * uses (stack pointer 6, flags 25, instruction pointer 26), its target is the next record's address.
 *
 * Source: ChampSim/ChampSim (commit 2ff25011), `inc/trace_instruction.h` and `inc/instruction.h`.
 */
import {
  backwardFlag,
  type BranchBlock,
  CALL,
  CONDITIONAL,
  INDIRECT,
  RETURN,
  TAKEN,
} from "../../../sim/branch/branch-block.ts"
import { badByte, type BranchDecoder, truncated } from "./branch-decoder.ts"

export interface ChampSimLayout {
  readonly recordBytes: number
  readonly destinations: number
}

export const champSimLayout: ChampSimLayout = { recordBytes: 64, destinations: 2 }
export const cloudSuiteLayout: ChampSimLayout = { recordBytes: 96, destinations: 4 }

const sourcesOf = 4
const stackPointer = 6
const flagsRegister = 25
const instructionPointer = 26

/** Flags of the branch whose registers stand from `at` on, or −1 where they are those of no branch. */
const branchFlags = (bytes: Uint8Array, at: number, { destinations }: ChampSimLayout): number => {
  let writesStack = false
  let writesPointer = false
  for (let k = 0; k < destinations; k++) {
    if (bytes[at + k] === stackPointer) writesStack = true
    if (bytes[at + k] === instructionPointer) writesPointer = true
  }
  let readsStack = false
  let readsFlags = false
  let readsPointer = false
  let readsOther = false
  for (let k = destinations; k < destinations + sourcesOf; k++) {
    const register = bytes[at + k]
    if (register === stackPointer) readsStack = true
    else if (register === flagsRegister) readsFlags = true
    else if (register === instructionPointer) readsPointer = true
    else if (register !== 0) readsOther = true
  }
  if (!writesPointer) return -1
  if (readsStack && writesStack) {
    if (!readsPointer) return RETURN | INDIRECT
    return readsOther ? CALL | INDIRECT : CALL
  }
  if (readsFlags) return CONDITIONAL
  // On AArch64 a comparison with zero is part of the branch, which then reads the instruction pointer and a register.
  if (readsPointer && readsOther) return CONDITIONAL
  return readsOther ? INDIRECT : 0
}

export const champSimDecoder = (file: string, layout: ChampSimLayout): BranchDecoder => {
  const { recordBytes } = layout
  let instructions = 0
  let gap = 0
  /** The branch whose target the next record tells. */
  const open = { has: false, pc: 0, pcHigh: 0, flags: 0, gap: 0 }

  const close = (block: BranchBlock, target: number, targetHigh: number): void => {
    const i = block.length++
    block.pc[i] = open.pc
    block.pcHigh[i] = open.pcHigh
    block.target[i] = target
    block.targetHigh[i] = targetHigh
    block.flags[i] = open.flags | backwardFlag(open.pc, open.pcHigh, target, targetHigh)
    block.gap[i] = open.gap
    open.has = false
  }

  const decode = (
    bytes: Uint8Array,
    from: number,
    to: number,
    block: BranchBlock,
    offset: number,
  ): number => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let at = from
    for (; at + recordBytes <= to && block.length < block.pc.length; at += recordBytes) {
      const pc = view.getInt32(at, true)
      const pcHigh = view.getInt32(at + 4, true)
      const isBranch = bytes[at + 8]
      const taken = bytes[at + 9]
      if (isBranch > 1 || taken > 1 || taken > isBranch) {
        throw badByte(
          file,
          offset + at - from + 8,
          `is-branch ${isBranch} and taken ${taken}, where each is 0 or 1 and only branches are taken`,
          "The file is damaged, or no ChampSim trace.",
        )
      }
      if (open.has) close(block, pc, pcHigh)
      instructions++
      gap++
      if (isBranch === 1) {
        const flags = branchFlags(bytes, at + 10, layout)
        // A branch by its flag whose registers say nothing: what is taken now and then is conditional.
        open.flags = (flags < 0 ? CONDITIONAL : flags) | (taken === 1 ? TAKEN : 0)
        if ((open.flags & (CONDITIONAL | TAKEN)) === 0) {
          throw badByte(
            file,
            offset + at - from + 9,
            "an unconditional branch that is not taken",
            "The file is damaged, or no ChampSim trace.",
          )
        }
        open.has = true
        open.pc = pc
        open.pcHigh = pcHigh
        open.gap = gap
        gap = 0
      }
    }
    return at
  }

  return {
    decode,
    end: (left, block, offset) => {
      if (left.length > 0) throw truncated(file, offset, "within an instruction")
      // Where the last branch went is not in the file; what stands behind it is a guess that only a taken one would use.
      if (open.has) close(block, (open.pc + 4) | 0, open.pcHigh)
    },
    declaredInstructions: () => undefined,
    countedInstructions: () => instructions,
  }
}
