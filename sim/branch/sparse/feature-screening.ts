/**
 * Which outcomes of the past, and which pairs of them, could matter to a branch: those whose agreement with what a first
 * model leaves unexplained is largest. Counts are popcounts over columns of bits.
 */
import { type BitColumns, popcount } from "./bit-columns.ts"
import { DIFFER, type Feature, OUTCOME } from "./sparse-model.ts"

/** The `most` positions whose outcome goes most with the residuals (example by example), strongest first. */
export const screenOutcomes = (
  columns: BitColumns,
  residuals: Float64Array,
  most: number,
): readonly Feature[] => {
  const { positions, length, words, bits } = columns
  const strength = new Float64Array(positions)
  let total = 0
  for (let i = 0; i < length; i++) total += residuals[i]
  for (let p = 0; p < positions; p++) {
    let held = 0
    for (let w = 0; w < words; w++) {
      const word = bits[p * words + w]
      const end = Math.min(length, 32 * w + 32)
      for (let i = 32 * w, k = 0; i < end; i++, k++) held += residuals[i] * ((word >>> k) & 1)
    }
    strength[p] = Math.abs(2 * held - total)
  }
  return Array.from(strength.keys())
    .toSorted((a, b) => strength[b] - strength[a] || a - b)
    .slice(0, most)
    .map((first) => ({ kind: OUTCOME, first, second: 0 }))
}

/** A residual counts 0, 1, 2 or 3 parts of the largest there can be: two planes of bits. */
const parts = 4

const PAIRS = 0x55555555
const NIBBLES = 0x33333333
const BYTES = 0x0f0f0f0f
const HALVES = 0x00ff00ff

/**
 * Weight of the examples where two columns differ: ones of (one ^ other) & low, plus twice those of (one ^ other) & high.
 * The two popcounts run side by side in one word; eight words of at most 24 a byte do not overflow it.
 */
const weightedDifference = (
  one: Int32Array,
  bits: Int32Array,
  at: number,
  words: number,
  low: Int32Array,
  high: Int32Array,
): number => {
  let sum = 0
  for (let from = 0; from < words; from += 8) {
    const end = Math.min(words, from + 8)
    let inBytes = 0
    for (let w = from; w < end; w++) {
      const word = one[w] ^ bits[at + w]
      let a = word & low[w]
      let b = word & high[w]
      a -= (a >>> 1) & PAIRS
      b -= (b >>> 1) & PAIRS
      a = (a & NIBBLES) + ((a >>> 2) & NIBBLES)
      b = (b & NIBBLES) + ((b >>> 2) & NIBBLES)
      const both = (a + 2 * b) | 0
      inBytes += (both & BYTES) + ((both >>> 4) & BYTES)
    }
    const inHalves = (inBytes & HALVES) + ((inBytes >>> 8) & HALVES)
    sum += (inHalves & 0xffff) + (inHalves >>> 16)
  }
  return sum
}

/**
 * The `most` pairs of positions whose difference goes most with the residuals, strongest first, of those that stand out of
 * chance: |sum of +-weight| above `deviations` standard deviations of a sum of coin flips. Costs positions^2 / 2 x words
 * steps.
 */
export const screenPairs = (
  columns: BitColumns,
  residuals: Float64Array,
  most: number,
  deviations: number,
): readonly Feature[] => {
  const { positions, length, words, bits } = columns
  const sign = new Int32Array(words)
  const low = new Int32Array(words)
  const high = new Int32Array(words)
  let squares = 0
  for (let i = 0; i < length; i++) {
    const weight = Math.min(parts - 1, Math.floor(Math.abs(residuals[i]) * parts))
    squares += weight * weight
    const bit = 1 << (i & 31)
    if (residuals[i] > 0) sign[i >> 5] |= bit
    if ((weight & 1) !== 0) low[i >> 5] |= bit
    if ((weight & 2) !== 0) high[i >> 5] |= bit
  }
  let all = 0
  for (let w = 0; w < words; w++) all += popcount(low[w]) + 2 * popcount(high[w])
  const floor = deviations * Math.sqrt(squares)
  const found: { readonly strength: number; readonly feature: Feature }[] = []
  let least = floor
  const signed = new Int32Array(words)
  for (let p = 0; p < positions; p++) {
    for (let w = 0; w < words; w++) signed[w] = bits[p * words + w] ^ sign[w]
    for (let q = p + 1; q < positions; q++) {
      const differ = weightedDifference(signed, bits, q * words, words, low, high)
      const strength = Math.abs(all - 2 * differ)
      if (strength <= least) continue
      found.push({ strength, feature: { kind: DIFFER, first: p, second: q } })
      if (found.length < 4 * most) continue
      found.sort((a, b) => b.strength - a.strength)
      found.length = most
      least = found[most - 1].strength
    }
  }
  return found
    .toSorted((a, b) => b.strength - a.strength)
    .slice(0, most)
    .map(({ feature }) => feature)
}
