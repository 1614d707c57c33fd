/** SBBT from records: the inverse of `sbbt-decoder.ts`, where the layout stands. */
import { WorkloadError } from "../../../arch/errors.ts"
import { type BranchBlock, CALL, CONDITIONAL, RETURN, TAKEN } from "../../../sim/branch/branch-block.ts"
import { sbbtHeaderBytes, sbbtMark, sbbtRecordBytes } from "./sbbt-decoder.ts"

/** What 12 bits hold; larger gaps are cut to it. */
export const largestGap = 4095

export const sbbtHeader = (instructions: number, branches: number): Uint8Array => {
  const bytes = new Uint8Array(sbbtHeaderBytes)
  bytes.set(sbbtMark)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(8, BigInt(instructions), true)
  view.setBigUint64(16, BigInt(branches), true)
  return bytes
}

/** Bits 51 to 63 are equal: 52 bits, sign-extended, hold the address. */
const fits = (high: number): boolean => (high << 12) >> 12 === high

const why = (block: BranchBlock, i: number): string => {
  const flags = block.flags[i]
  if ((flags & (CONDITIONAL | TAKEN)) === 0) return "is unconditional and not taken"
  if ((flags & RETURN) !== 0 && (flags & CALL) !== 0) return "is a return and a call"
  return "has an address of more than 52 bits"
}

/**
 * The records of a block, one after another. `before` records came before, `place` names the file that they come from.
 * @throws WorkloadError for a record that SBBT cannot hold
 */
export const encodeSbbt = (block: BranchBlock, before: number, place: string): Uint8Array => {
  const { length, pc, pcHigh, target, targetHigh, flags, gap } = block
  const words = new Int32Array((length * sbbtRecordBytes) / 4)
  for (let i = 0, at = 0; i < length; i++, at += 4) {
    const flag = flags[i]
    const isCallAndReturn = (flag & RETURN) !== 0 && (flag & CALL) !== 0
    if ((flag & (CONDITIONAL | TAKEN)) === 0 || isCallAndReturn || !fits(pcHigh[i]) || !fits(targetHigh[i])) {
      throw new WorkloadError({
        message: `branch ${before + i + 1} ${why(block, i)}, which SBBT cannot hold`,
        place: { file: place },
        remedy: "Run predictors on the file as it is; or leave the branch out with --skip and --max.",
      })
    }
    words[at] = (pc[i] << 12) | ((flag & TAKEN) << 7) | (flag & 15)
    words[at + 1] = (pcHigh[i] << 12) | (pc[i] >>> 20)
    words[at + 2] = (target[i] << 12) | Math.min(gap[i], largestGap)
    words[at + 3] = (targetHigh[i] << 12) | (target[i] >>> 20)
  }
  return new Uint8Array(words.buffer)
}
