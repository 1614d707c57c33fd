/** XOR folds of a 64-bit address to a few bits: how predictors make an index or a tag of it. */

/** XOR of the `width`-bit pieces of a 32-bit word, from bit 0 upward; `width` from 1 to 31. */
const foldWord = (word: number, width: number): number => {
  let fold = 0
  for (let rest = word; rest !== 0; rest >>>= width) fold ^= rest
  return fold & ((1 << width) - 1)
}

/** `value` of `width` bits rotated left by `count`, 0 <= count < width. */
export const rotated = (value: number, count: number, width: number): number =>
  ((value << count) | (value >>> (width - count))) & ((1 << width) - 1)

/**
 * XOR of the `width`-bit pieces of a 64-bit number, from bit 0 upward, the last one shorter; `width` from 1 to 27. Bit
 * 32 + b of the number lands at (32 + b) mod width, so the fold of the high half is rotated by 32 mod width.
 */
export const foldAddress = (low: number, high: number, width: number): number => {
  const fold = foldWord(low, width)
  return high === 0 ? fold : fold ^ rotated(foldWord(high, width), 32 % width, width)
}

/** `foldAddress` of a 64-bit number shifted left by `shift`, 0 <= shift <= 63; bits beyond the 64th are lost. */
export const foldShifted = (low: number, high: number, shift: number, width: number): number => {
  const kept =
    shift < 32
      ? foldAddress(low, high & (-1 >>> shift), width)
      : foldAddress(shift === 32 ? low : low & ((1 << (64 - shift)) - 1), 0, width)
  return rotated(kept, shift % width, width)
}
