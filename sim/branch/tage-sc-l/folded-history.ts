/**
 * The global direction history and, for every pair of components, its last L bits folded to a few.
 *
 * A fold of length L and width W takes a bit `in`, while the bit of L insertions ago leaves as `out`:
 * f1 = (f << 1) ^ in ^ (out << (L mod W)), f = (f1 ^ (f1 >> W)) mod 2^W. That is a rotation, hence linear, so that n bits
 * go in at once: f1 = (f << n) ^ in ^ (out << (L mod W)), with n bits as in and as out. Two folds share a 32-bit word, with
 * room between them for the n bits that turn around.
 */
import type { Pair } from "./geometry.ts"

export interface FoldedHistory {
  /** By pair, for folds of at most 12 bits. */
  readonly indexFolds: Uint16Array | Int32Array
  /** By pair: the wider fold in bits 0 to 15, the narrower one in bits 16 to 31. */
  readonly tagFolds: Int32Array
  /** Inserts `count` bits, at most 3, the first of them highest. They may wait until `settle`. */
  readonly insert: (bits: number, count: number) => void
  /** Brings the folds up to date. */
  readonly settle: () => void
}

/** Bits from one lane of a word to the next. */
const lane = 16

/** Bits that can be inserted at once: what the widest fold leaves free of its lane. */
const batchOf = (pairs: readonly Pair[]): number =>
  lane - Math.max(...pairs.map(({ tagFolds: [width] }) => width))

export const foldedHistory = (pairs: readonly Pair[], lowPairs: number): FoldedHistory => {
  const count = pairs.length
  const batch = batchOf(pairs)
  const longest = Math.max(...pairs.map(({ history }) => history))
  const ringMask = 2 ** Math.ceil(Math.log2(longest + 8)) - 1
  /** The eight bits up to a position, the newest lowest. */
  const ring = new Uint8Array(ringMask + 1)
  const lengths = Int32Array.from(pairs, ({ history }) => history)

  const low = pairs.findIndex(({ number }) => number > lowPairs)
  const lowCount = low < 0 ? count : low
  const [lowWide, lowNarrow] = pairs[0].tagFolds
  const [highWide, highNarrow] = pairs[count - 1].tagFolds
  const masksOf = (wide: number, narrow: number): number => (2 ** wide - 1) | ((2 ** narrow - 1) << lane)
  const lowMask = masksOf(lowWide, lowNarrow)
  const highMask = masksOf(highWide, highNarrow)
  const tagFolds = new Int32Array(count)
  /** Leaving bits times this are those bits where they leave either fold of a tag. */
  const tagOut = Int32Array.from(
    pairs,
    ({ history, tagFolds: [wide, narrow] }) => (1 << (history % wide)) | (1 << (lane + (history % narrow))),
  )

  const packed = pairs.every(({ indexFold }) => indexFold === pairs[0].indexFold && indexFold + batch <= lane)
  const indexWords = new Int32Array(packed ? Math.ceil(count / 2) : count)
  const wordCount = indexWords.length
  const indexOut = Int32Array.from(pairs, ({ history, indexFold }) => 1 << (history % indexFold))
  const indexWidths = Int32Array.from(pairs, ({ indexFold }) => indexFold)
  const indexWidth = indexWidths[0]
  const indexMask = masksOf(indexWidth, indexWidth)
  /** The last pair's own neighbour where their number is odd; its lane is never read. */
  const lastPair = count - 1

  const state = { newest: 0, recent: 0, waiting: 0, waitingCount: 0 }

  const foldTags = (newest: number, bits: number, n: number): void => {
    const turn = (1 << n) - 1
    const turnHigh = turn << lane
    const both = bits | (bits << lane)
    for (let k = 0; k < lowCount; k++) {
      const out = ring[(newest - lengths[k]) & ringMask] & turn
      const f = (tagFolds[k] << n) ^ both ^ Math.imul(out, tagOut[k])
      tagFolds[k] = (f ^ ((f >>> lowWide) & turn) ^ ((f >>> lowNarrow) & turnHigh)) & lowMask
    }
    for (let k = lowCount; k < count; k++) {
      const out = ring[(newest - lengths[k]) & ringMask] & turn
      const f = (tagFolds[k] << n) ^ both ^ Math.imul(out, tagOut[k])
      tagFolds[k] = (f ^ ((f >>> highWide) & turn) ^ ((f >>> highNarrow) & turnHigh)) & highMask
    }
  }

  const foldPackedIndices = (newest: number, bits: number, n: number): void => {
    const turn = (1 << n) - 1
    const turns = turn | (turn << lane)
    const both = bits | (bits << lane)
    for (let w = 0; w < wordCount; w++) {
      const k = 2 * w
      const next = k < lastPair ? k + 1 : lastPair
      const outLow = ring[(newest - lengths[k]) & ringMask] & turn
      const outHigh = ring[(newest - lengths[next]) & ringMask] & turn
      const out = Math.imul(outLow, indexOut[k]) ^ (Math.imul(outHigh, indexOut[next]) << lane)
      const f = (indexWords[w] << n) ^ both ^ out
      indexWords[w] = (f ^ ((f >>> indexWidth) & turns)) & indexMask
    }
  }

  const foldWideIndices = (newest: number, bits: number, n: number): void => {
    const turn = (1 << n) - 1
    for (let k = 0; k < count; k++) {
      const out = ring[(newest - lengths[k]) & ringMask] & turn
      const width = indexWidths[k]
      const f = (indexWords[k] << n) ^ bits ^ Math.imul(out, indexOut[k])
      indexWords[k] = (f ^ (f >> width)) & ((1 << width) - 1)
    }
  }

  const settle = (): void => {
    const n = state.waitingCount
    if (n === 0) return
    const bits = state.waiting
    const recent = (state.recent << n) | bits
    const newest = state.newest + n
    for (let i = 1; i <= n; i++) ring[(state.newest + i) & ringMask] = recent >> (n - i)
    state.newest = newest & ringMask
    state.recent = recent & 0xff
    state.waitingCount = 0
    state.waiting = 0
    foldTags(newest, bits, n)
    if (packed) foldPackedIndices(newest, bits, n)
    else foldWideIndices(newest, bits, n)
  }

  return {
    indexFolds: packed ? new Uint16Array(indexWords.buffer) : indexWords,
    tagFolds,
    insert: (bits, n) => {
      if (state.waitingCount + n > batch) settle()
      state.waiting = (state.waiting << n) | bits
      state.waitingCount += n
    },
    settle,
  }
}
