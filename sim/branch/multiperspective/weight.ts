/**
 * A weight is a five-bit magnitude with two signs, one for either parity of the branch's hashed address, in one byte: magnitude,
 * then the signs (1 is negative). Magnitude 0 has both signs, so that a weight steps through -0 and +0.
 */

export const magnitudeMask = 31
const states = 128

/** What a magnitude counts for: ever more, the larger it is. Source: the table of gem5's model of Jiménez 2016. */
export const transfer: readonly number[] = [
  1, 3, 4, 5, 7, 8, 9, 11, 12, 14, 15, 17, 19, 21, 23, 25, 27, 29, 32, 34, 37, 41, 45, 49, 53, 58, 63, 69, 76,
  85, 94, 106,
]

export const signOf = (weight: number, parity: number): number => (weight >> (5 + parity)) & 1

/** One step toward the outcome, of the sign that `parity` chooses and the magnitude that both share. */
const step = (weight: number, parity: number, taken: number): number => {
  const magnitude = weight & magnitudeMask
  const agrees = signOf(weight, parity) !== taken
  if (agrees) return magnitude < magnitudeMask ? weight + 1 : weight
  return magnitude > 0 ? weight - 1 : weight ^ (1 << (5 + parity))
}

/** `step` at 4 × weight + 2 × parity + outcome. */
export const stepped: Uint8Array = Uint8Array.from({ length: 4 * states }, (_, i) =>
  step(i >> 2, (i >> 1) & 1, i & 1),
)
