/**
 * The text of the course CSE240A of UC San Diego: a conditional branch a line, its address in hexadecimal, a space, 0 or 1.
 * There is nothing else in it: targets are unknown (0 here), and rates are of branches, since instructions were not counted.
 *
 * Source: shenghong1123/branch-predictor (commit bf59fa04).
 */
import { WorkloadError } from "../../../arch/errors.ts"
import { type BranchBlock, CONDITIONAL, TAKEN } from "../../../sim/branch/branch-block.ts"
import type { BranchDecoder } from "./branch-decoder.ts"

const newline = 10
const longestLine = 64
const text = new TextDecoder("latin1")

export const ucsdDecoder = (file: string): BranchDecoder => {
  let lines = 0

  const read = (bytes: Uint8Array, from: number, to: number, block: BranchBlock): void => {
    lines++
    let low = 0
    let high = 0
    let digits = 0
    // "0x" is optional, as it is in the course's own reader.
    let at = bytes[from] === 48 && (bytes[from + 1] | 32) === 120 ? from + 2 : from
    for (; at < to; at++) {
      const byte = bytes[at]
      const letter = byte | 32
      const digit = byte >= 48 && byte <= 57 ? byte - 48 : letter >= 97 && letter <= 102 ? letter - 87 : -1
      if (digit < 0) break
      high = (high << 4) | (low >>> 28)
      low = (low << 4) | digit
      digits++
    }
    const taken = bytes[at + 1] - 48
    const rest = to - at
    const ends = rest === 2 || (rest === 3 && bytes[to - 1] === 13)
    if (digits === 0 || digits > 16 || bytes[at] !== 32 || (taken !== 0 && taken !== 1) || !ends) {
      throw new WorkloadError({
        message: `expected an address and 0 or 1, found "${text.decode(bytes.subarray(from, Math.min(to, from + 40)))}"`,
        place: { file, line: lines },
        remedy: "A line is like `0x40d7f9 0`; check that the file is of this format.",
      })
    }
    const i = block.length++
    block.pc[i] = low
    block.pcHigh[i] = high
    block.target[i] = 0
    block.targetHigh[i] = 0
    block.flags[i] = CONDITIONAL | (taken === 1 ? TAKEN : 0)
    block.gap[i] = 1
  }

  return {
    decode: (bytes, from, to, block) => {
      let at = from
      while (block.length < block.pc.length) {
        const end = bytes.indexOf(newline, at)
        if (end < 0 || end >= to) {
          if (to - at > longestLine) read(bytes, at, to, block)
          return at
        }
        read(bytes, at, end, block)
        at = end + 1
      }
      return at
    },
    end: (left, block) => {
      if (left.length > 0) read(left, 0, left.length, block)
    },
    declaredInstructions: () => undefined,
    countedInstructions: () => lines,
  }
}
