/** Examples turned on their side: a column of bits for every position, so that counts over examples are popcounts. */
import type { BranchExamples } from "./branch-examples.ts"

export const popcount = (word: number): number => {
  let v = word - ((word >>> 1) & 0x55555555)
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333)
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

export interface BitColumns {
  readonly positions: number
  /** Examples in use. */
  readonly length: number
  /** Words of a column; bits beyond `length` are 0. */
  readonly words: number
  /** Column-major, [positions x words]: example i in bit i mod 32 of word i div 32. */
  readonly bits: Int32Array
}

/** Transposes 32 words of 32 bits in place: bit j of word i becomes bit i of word j. Source: Warren, Hacker's Delight, 7-3. */
export const transpose32 = (words: Int32Array): void => {
  for (let j = 16, mask = 0x0000ffff; j !== 0; j >>= 1, mask ^= mask << j) {
    for (let k = 0; k < 32; k = ((k | j) + 1) & ~j) {
      const t = ((words[k] >>> j) ^ words[k | j]) & mask
      words[k] ^= t << j
      words[k | j] ^= t
    }
  }
}

/** Columns of the examples whose numbers are given. */
export const bitColumns = (examples: BranchExamples, numbers: Int32Array): BitColumns => {
  const { rowWords, rows } = examples
  const { length } = numbers
  const words = (length + 31) >> 5
  const bits = new Int32Array(rowWords * 32 * words)
  const square = new Int32Array(32)
  for (let w = 0; w < words; w++) {
    const most = Math.min(32, length - w * 32)
    for (let r = 0; r < rowWords; r++) {
      square.fill(0)
      for (let i = 0; i < most; i++) square[i] = rows[numbers[w * 32 + i] * rowWords + r]
      transpose32(square)
      for (let p = 0; p < 32; p++) bits[(r * 32 + p) * words + w] = square[p]
    }
  }
  return { positions: rowWords * 32, length, words, bits }
}
