/**
 * The instruction streams of CBP2025, of CVP before it, and of CBP-NG (the same behind the eight letters "CBPNGAmp"). An
 * instruction: address (8 bytes), class (1: 0 arithmetic, 1 load, 2 store, 3 conditional branch, 4 direct jump, 5 indirect jump,
 * 6 floating point, 7 slow arithmetic, 8 undefined, 9 direct call, 10 indirect call, 11 return); loads and stores: address (8),
 * size (1), base update (1), stores: register of the offset (1); branches: taken (1), if taken target (8); inputs: count (1),
 * registers (1 each); outputs: count (1), registers (1 each), then a value (8) each, 16 for SIMD registers 32 to 63.
 *
 * Source: ramisheikh/cbp2025 (commit 60749662) and AmpereComputing/cbp-ng (commit 5ceea835). A branch that is not taken has no
 * target in the stream: it is the next address, four bytes on.
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

export const cbpNgMark = [...new TextEncoder().encode("CBPNGAmp")]

const noBranch = 0xff
/** Flags of a branch by class. */
const classFlags = Uint8Array.from(
  [3, 4, 5, 9, 10, 11].reduce<number[]>(
    (flags, kind) => {
      flags[kind] =
        { 3: CONDITIONAL, 4: 0, 5: INDIRECT, 9: CALL, 10: CALL | INDIRECT, 11: RETURN | INDIRECT }[kind] ?? 0
      return flags
    },
    Array.from({ length: 12 }, () => noBranch),
  ),
)
const load = 1
const store = 2
/** More registers than any instruction reads or writes. */
const mostRegisters = 32

export const cvpDecoder = (file: string, hasMark: "with-mark" | "without-mark"): BranchDecoder => {
  let markLeft = hasMark === "with-mark" ? cbpNgMark.length : 0
  let instructions = 0
  let gap = 0

  const damaged = (offset: number, message: string): Error =>
    badByte(file, offset, message, "The file is damaged, or no CBP2025 or CBP-NG trace.")

  /** Where the instruction at `at` ends, or −1 where the bytes do not reach so far. */
  const endOf = (bytes: Uint8Array, at: number, to: number, offset: number): number => {
    if (at + 9 > to) return -1
    const kind = bytes[at + 8]
    if (kind > 11) throw damaged(offset + 8, `${kind} is no class of instruction (0 to 11)`)
    let p = at + 9
    if (kind === load || kind === store) p += kind === store ? 11 : 10
    else if (classFlags[kind] !== noBranch) {
      if (p >= to) return -1
      if (bytes[p] > 1) throw damaged(offset + p - at, `a branch is taken (1) or not (0), not ${bytes[p]}`)
      p += bytes[p] === 1 ? 9 : 1
    }
    if (p >= to) return -1
    if (bytes[p] > mostRegisters) throw damaged(offset + p - at, `${bytes[p]} input registers`)
    p += 1 + bytes[p]
    if (p >= to) return -1
    const outputs = bytes[p]
    if (outputs > mostRegisters) throw damaged(offset + p - at, `${outputs} output registers`)
    p++
    if (p + outputs > to) return -1
    let values = 0
    for (let k = 0; k < outputs; k++) values += bytes[p + k] >= 32 && bytes[p + k] < 64 ? 16 : 8
    p += outputs + values
    return p > to ? -1 : p
  }

  const decode = (
    bytes: Uint8Array,
    from: number,
    to: number,
    block: BranchBlock,
    offset: number,
  ): number => {
    let at = from
    if (markLeft > 0) {
      if (to - from < markLeft) return from
      at += markLeft
      markLeft = 0
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    while (block.length < block.pc.length) {
      const end = endOf(bytes, at, to, offset + at - from)
      if (end < 0) return at
      instructions++
      gap++
      const flags = classFlags[bytes[at + 8]]
      if (flags !== noBranch) {
        const i = block.length++
        const pc = view.getInt32(at, true)
        const pcHigh = view.getInt32(at + 4, true)
        const taken = bytes[at + 9]
        const target = taken === 1 ? view.getInt32(at + 10, true) : (pc + 4) | 0
        const carry = pc >= -4 && pc < 0 ? 1 : 0
        const targetHigh = taken === 1 ? view.getInt32(at + 14, true) : (pcHigh + carry) | 0
        block.pc[i] = pc
        block.pcHigh[i] = pcHigh
        block.target[i] = target
        block.targetHigh[i] = targetHigh
        block.flags[i] = flags | (taken === 1 ? TAKEN : 0) | backwardFlag(pc, pcHigh, target, targetHigh)
        block.gap[i] = gap
        gap = 0
      }
      at = end
    }
    return at
  }

  return {
    decode,
    end: (left, _block, offset) => {
      if (left.length > 0 || markLeft > 0) throw truncated(file, offset, "within an instruction")
    },
    declaredInstructions: () => undefined,
    countedInstructions: () => instructions,
  }
}
