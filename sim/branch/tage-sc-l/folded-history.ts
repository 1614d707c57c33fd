/**
 * The global direction history and, for every pair of components, its last L bits folded to a few.
 *
 * A fold of length L and width W takes a bit `in`, while the bit of L insertions ago leaves as `out`:
 * f1 = (f << 1) ^ in ^ (out << (L mod W)), f = (f1 ^ (f1 >> W)) mod 2^W. That is a rotation, hence linear, so that two
 * bits go in at once: f1 = (f << 2) ^ in2 ^ (out2 << (L mod W)).
 */
import type { Pair } from "./geometry.ts"

export interface FoldedHistory {
  /** By pair. */
  readonly indexFolds: Int32Array
  /** By pair: the wider fold in bits 0 to 15, the narrower one in bits 16 to 30. */
  readonly tagFolds: Int32Array
  /** Inserts two bits, the first in bit 1. */
  insertTwo(bits: number): void
  insertOne(bit: number): void
}

export const foldedHistory = (pairs: readonly Pair[]): FoldedHistory => {
  const count = pairs.length
  const longest = Math.max(...pairs.map(({ history }) => history))
  const capacity = 2 ** Math.ceil(Math.log2(longest + 4))
  const ringMask = capacity - 1
  /** A bit and, as bit 1, the one before it: what leaves a fold that takes two bits. */
  const ring = new Uint8Array(capacity)
  const indexFolds = new Int32Array(count)
  const tagFolds = new Int32Array(count)
  const lengths = Int32Array.from(pairs, ({ history }) => history)
  const indexWidths = Int32Array.from(pairs, ({ indexFold }) => indexFold)
  const indexMasks = indexWidths.map((width) => 2 ** width - 1)
  const indexOut = Int32Array.from(pairs, ({ history, indexFold }) => history % indexFold)
  const wide = Int32Array.from(pairs, ({ tagFolds: [width] }) => width)
  const narrow = Int32Array.from(pairs, ({ tagFolds: [, width] }) => width)
  const tagMasks = Int32Array.from(pairs, ({ tagFolds: [w0, w1] }) => (2 ** w0 - 1) | ((2 ** w1 - 1) << 16))
  /** A leaving bit times this is that bit where it leaves either fold of a tag. */
  const tagOut = Int32Array.from(
    pairs,
    ({ history, tagFolds: [w0, w1] }) => (1 << (history % w0)) | (1 << (16 + (history % w1))),
  )
  const at = new Int32Array(1)
  return {
    indexFolds,
    tagFolds,
    insertTwo: (bits) => {
      const newest = at[0] + 2
      at[0] = newest
      ring[(newest - 1) & ringMask] = ((ring[(newest - 2) & ringMask] & 1) << 1) | (bits >> 1)
      ring[newest & ringMask] = bits
      const both = bits | (bits << 16)
      for (let k = 0; k < count; k++) {
        const out = ring[(newest - lengths[k]) & ringMask]
        const i = (indexFolds[k] << 2) ^ bits ^ (out << indexOut[k])
        indexFolds[k] = (i ^ (i >> indexWidths[k])) & indexMasks[k]
        const t = (tagFolds[k] << 2) ^ both ^ Math.imul(out, tagOut[k])
        tagFolds[k] = (t ^ ((t >> wide[k]) & 3) ^ ((t >> narrow[k]) & 0x3_0000)) & tagMasks[k]
      }
    },
    insertOne: (bit) => {
      const newest = at[0] + 1
      at[0] = newest
      ring[newest & ringMask] = ((ring[(newest - 1) & ringMask] & 1) << 1) | bit
      const both = bit | (bit << 16)
      for (let k = 0; k < count; k++) {
        const out = ring[(newest - lengths[k]) & ringMask] & 1
        const i = (indexFolds[k] << 1) ^ bit ^ (out << indexOut[k])
        indexFolds[k] = (i ^ (i >> indexWidths[k])) & indexMasks[k]
        const t = (tagFolds[k] << 1) ^ both ^ Math.imul(out, tagOut[k])
        tagFolds[k] = (t ^ ((t >> wide[k]) & 1) ^ ((t >> narrow[k]) & 0x1_0000)) & tagMasks[k]
      }
    },
  }
}
