/**
 * SBBT 1.0.0, little endian: three 64-bit words of header (mark, instructions, branches), then two 64-bit words a branch. Word
 * 0: opcode in bits 0–3, zeros in 4–10, taken in 11, address in 12–63. Word 1: instructions since the branch before, this one
 * included and at most 4095, in bits 0–11, target in 12–63. Addresses have 52 bits and are sign-extended. Opcode: bit 0
 * conditional, bit 1 indirect, bits 2–3 jump, return or call.
 *
 * Source: MBPlib (useredsa/MBPlib, commit 74001fcf), as in its `sbbt_reader`.
 */
import { backwardFlag, type BranchBlock } from "../../../sim/branch/branch-block.ts"
import { badByte, type BranchDecoder, notOfFormat, truncated } from "./branch-decoder.ts"

export const sbbtHeaderBytes = 24
export const sbbtRecordBytes = 16
/** "SBBT\n", version 1.0.0. */
export const sbbtMark = [0x53, 0x42, 0x42, 0x54, 0x0a, 1, 0, 0] as const

/** Bits 4–10 of a record's first word, which are 0. */
const reservedBits = 0x7f0
/** Bits 2–3 of an opcode: neither jump nor return nor call. */
const noKind = 12

/** A 64-bit count of a header. @throws WorkloadError above 2^53 */
const countAt = (view: DataView, at: number, file: string, what: string): number => {
  const count = view.getBigUint64(at, true)
  if (count <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(count)
  throw badByte(file, at, `the header says ${count} ${what}, more than any file holds`, notOfFormat)
}

/** `length` bytes as words in the order of this machine, which is little-endian as the format is. */
const wordsAt = (bytes: Uint8Array, at: number, length: number): Int32Array => {
  const place = bytes.byteOffset + at
  return place % 4 === 0
    ? new Int32Array(bytes.buffer, place, length / 4)
    : new Int32Array(new Uint8Array(bytes.subarray(at, at + length)).buffer)
}

export const sbbtDecoder = (file: string): BranchDecoder => {
  let header: { readonly instructions: number; readonly branches: number } | undefined
  let records = 0
  let counted = 0

  const readHeader = (bytes: Uint8Array, from: number): void => {
    const wrong = sbbtMark.findIndex((byte, i) => bytes[from + i] !== byte)
    if (wrong >= 0) {
      const what = wrong < 5 ? 'no "SBBT" mark' : "another version of SBBT than 1.0.0"
      throw badByte(file, from + wrong, what, notOfFormat)
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    header = {
      instructions: countAt(view, from + 8, file, "instructions"),
      branches: countAt(view, from + 16, file, "branches"),
    }
  }

  const badRecord = (offset: number, low: number): Error =>
    badByte(
      file,
      offset,
      (low & reservedBits) !== 0
        ? "bits 4 to 10 of a branch's first word are 0 in SBBT, and these are not"
        : (low & noKind) === noKind
          ? `opcode ${low & 15} is neither jump nor return nor call`
          : "an unconditional branch that is not taken",
      "The file is damaged, or no SBBT trace.",
    )

  const decode = (
    bytes: Uint8Array,
    from: number,
    to: number,
    block: BranchBlock,
    offset: number,
  ): number => {
    let at = from
    if (header === undefined) {
      if (to - from < sbbtHeaderBytes) return from
      readHeader(bytes, from)
      at += sbbtHeaderBytes
    }
    const { pc, pcHigh, target, targetHigh, flags, gap } = block
    const room = Math.min(pc.length - block.length, Math.floor((to - at) / sbbtRecordBytes))
    const words = wordsAt(bytes, at, room * sbbtRecordBytes)
    let i = block.length
    let sum = 0
    for (let end = i + room, k = 0; i < end; i++, k += 4) {
      const low = words[k]
      const high = words[k + 1]
      const low1 = words[k + 2]
      const high1 = words[k + 3]
      if ((low & reservedBits) !== 0 || (low & noKind) === noKind || (low & 0x801) === 0) {
        throw badRecord(offset + at - from + 4 * k, low)
      }
      const ownLow = (low >>> 12) | (high << 20)
      const ownHigh = high >> 12
      const targetLow = (low1 >>> 12) | (high1 << 20)
      const targetTop = high1 >> 12
      pc[i] = ownLow
      pcHigh[i] = ownHigh
      target[i] = targetLow
      targetHigh[i] = targetTop
      flags[i] = (low & 15) | ((low & 0x800) >> 7) | backwardFlag(ownLow, ownHigh, targetLow, targetTop)
      gap[i] = low1 & 4095
      sum += low1 & 4095
    }
    counted += sum
    records += room
    block.length = i
    return at + room * sbbtRecordBytes
  }

  return {
    decode,
    end: (left, _block, offset) => {
      if (header === undefined) throw truncated(file, offset, "within the header")
      if (left.length > 0) throw truncated(file, offset, "within a branch")
      if (header.branches !== 0 && header.branches !== records) {
        throw truncated(
          file,
          offset + left.length,
          `after ${records} branches, where the header says ${header.branches}`,
        )
      }
    },
    declaredInstructions: () =>
      header === undefined || header.instructions === 0 ? undefined : header.instructions,
    countedInstructions: () => counted,
  }
}
