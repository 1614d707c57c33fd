/** TAGE's prediction: the matching component of the longest history provides, the next one is its alternate. */
import type { BasePredictor } from "./base-predictor.ts"
import type { FoldedHistory } from "./folded-history.ts"
import type { Pair } from "./geometry.ts"
import type { TageParameters, TaggedGroup } from "./parameters.ts"
import { type PathHistory, pathMix } from "./path-history.ts"
import type { TaggedComponents } from "./tagged-components.ts"

/** What the last lookup found; training starts from it. */
export interface TageState {
  /** Component from 1, or 0 for the base predictor. */
  provider: number
  alternate: number
  /** Entries of the two, where they are tagged. */
  providerEntry: number
  alternateEntry: number
  /** Directions of the provider, of the alternate, and of TAGE. */
  longest: number
  alternative: number
  direction: number
  /** Strength of the provider's counter at lookup: 1, 3, 5, 7; of the base predictor 1 or 7. */
  strength: number
  /** The base predictor's value, where provider or alternate is the base predictor. */
  base: number
  /** Counter that chose between provider and alternate. */
  chooser: number
}

export interface TageLookup {
  readonly state: TageState
  /** By component: the entry looked up, valid from the provider upward. */
  readonly slots: Int32Array
  /** By pair number: the tag looked for, valid from the provider's pair upward. */
  readonly tags: Int32Array
  /** 5-bit counters: not negative where a weak provider yields to its alternate. */
  readonly useAlternate: Int8Array
  lookup(pc: number, pcHigh: number): number
  /** The tag of a kept pair for the branch looked up last. */
  tagOf(pair: number): number
}

/** Where an unsigned 64-bit address, its low half XORed with path bits, falls among `banks`. */
const bankOf = (low: number, high: number, banks: number, wrap: number): number =>
  (((high >>> 0) % banks) * wrap + ((low >>> 0) % banks)) % banks

/** First entries of banks 0, 1, .., twice around. */
const bankStarts = ({ banks }: TaggedGroup, first: number, entryBits: number): readonly number[] =>
  Array.from({ length: 2 * banks }, (_, bank) => first + ((bank % banks) << entryBits))

export const tageLookup = (
  parameters: TageParameters,
  pairs: readonly Pair[],
  { entries, lowStart }: TaggedComponents,
  base: BasePredictor,
  { indexFolds, tagFolds }: FoldedHistory,
  path: PathHistory,
): TageLookup => {
  const { entryBits, hash, low, high } = parameters
  const refolded = hash === "refolded"
  const count = pairs.length
  const lowCount = pairs.filter(({ number }) => number <= low.pairs).length
  const mask = 2 ** entryBits - 1
  const numbers = Int32Array.from(pairs, ({ number }) => number)
  const pathMasks = Int32Array.from(pairs, ({ history }) => 2 ** Math.min(history, 27) - 1)
  const tagWidths = Int32Array.from(pairs, ({ tagBits }) => tagBits)
  const tagMasks = tagWidths.map((width) => 2 ** width - 1)
  const pcShifts = numbers.map((number) => Math.abs(entryBits - (2 * number - 1)) + 1)
  const oddRanks = Int32Array.from(pairs, ({ oddRank }) => oddRank)
  const evenRanks = Int32Array.from(pairs, ({ evenRank }) => evenRank)
  /** From this kept pair on the path mix is the same: 27 bits of path, not rotated. */
  const plain = pairs.findIndex(({ number, history }) => 2 * number - 1 >= entryBits && history >= 27)
  const firstPlain = plain < 0 ? count : plain
  const starts = Int32Array.from([...bankStarts(high, 0, entryBits), ...bankStarts(low, lowStart, entryBits)])
  const highBanks = high.banks
  const lowBanks = low.banks
  const highWrap = 2 ** 32 % highBanks
  const lowWrap = 2 ** 32 % lowBanks
  const highPath = 2 ** high.bankPathBits - 1
  const lowPath = 2 ** low.bankPathBits - 1

  const slots = new Int32Array(2 * (low.pairs + high.pairs) + 1)
  const tags = new Int32Array(low.pairs + high.pairs + 1)
  const useAlternate = new Int8Array(parameters.useAlternateCounters)
  const state: TageState = {
    provider: 0,
    alternate: 0,
    providerEntry: 0,
    alternateEntry: 0,
    longest: 0,
    alternative: 0,
    direction: 0,
    strength: 1,
    base: 1,
    chooser: 0,
  }
  const looked = { pc: 0 }

  const mixOf = (k: number): number => pathMix(path.bits & pathMasks[k], 2 * numbers[k] - 1, entryBits)

  const directTag = (k: number, pc: number): number => {
    const folds = tagFolds[k]
    return (pc ^ folds ^ (folds >> 15)) & tagMasks[k]
  }

  const refoldedTag = (k: number, pc: number, mix: number): number => {
    const before = k === 0 ? 0 : indexFolds[k - 1] << 2
    const z = before ^ pc ^ (pc >>> 2) ^ indexFolds[k]
    const folds = tagFolds[k]
    const wide = (z >>> 1) ^ ((z & 1) << 10) ^ mix ^ (folds & 0xffff) ^ (folds >> 15)
    return (wide ^ (wide >>> tagWidths[k])) & tagMasks[k]
  }

  return {
    state,
    slots,
    tags,
    useAlternate,
    tagOf: (k) => (refolded ? refoldedTag(k, looked.pc, mixOf(k)) : directTag(k, looked.pc)),
    lookup: (pc, pcHigh) => {
      looked.pc = pc
      const pathBits = path.bits
      const plainMix = (pathBits & mask) ^ ((pathBits & 0x7ff_ffff) >> entryBits)
      let start = bankOf(pc ^ (pathBits & highPath), pcHigh, highBanks, highWrap)
      let provider = 0
      let providerSlot = 0
      let alternate = 0
      let alternateSlot = 0
      for (let k = count - 1; k >= 0; k--) {
        if (k === lowCount - 1) {
          start = 2 * highBanks + bankOf(pc ^ (pathBits & lowPath), pcHigh, lowBanks, lowWrap)
        }
        const mix = k >= firstPlain ? plainMix : mixOf(k)
        let index = pc ^ (pc >>> pcShifts[k]) ^ indexFolds[k] ^ mix
        let tag = 0
        if (refolded) {
          index ^= (index >>> entryBits) ^ (index >>> (2 * entryBits))
          tag = refoldedTag(k, pc, mix)
        } else tag = directTag(k, pc)
        index &= mask
        const number = numbers[k]
        tags[number] = tag
        const evenRank = evenRanks[k]
        if (evenRank >= 0) {
          const slot = starts[start + evenRank] + (index ^ (tag & mask))
          slots[2 * number] = slot
          if (entries[slot] >> 3 === tag) {
            if (provider === 0) {
              provider = 2 * number
              providerSlot = slot
            } else {
              alternate = 2 * number
              alternateSlot = slot
              break
            }
          }
        }
        const oddRank = oddRanks[k]
        if (oddRank >= 0) {
          const slot = starts[start + oddRank] + index
          slots[2 * number - 1] = slot
          if (entries[slot] >> 3 === tag) {
            if (provider === 0) {
              provider = 2 * number - 1
              providerSlot = slot
            } else {
              alternate = 2 * number - 1
              alternateSlot = slot
              break
            }
          }
        }
      }
      state.provider = provider
      state.alternate = alternate
      state.providerEntry = providerSlot
      state.alternateEntry = alternateSlot
      let alternative = 0
      let alternateSure = 0
      if (alternate > 0) {
        const counter = entries[alternateSlot] & 7
        alternative = counter >> 2
        alternateSure = counter === 3 || counter === 4 ? 0 : 1
      } else {
        const value = base.lookup(pc)
        state.base = value
        alternative = value >> 1
        alternateSure = value === 0 || value === 3 ? 1 : 0
      }
      state.alternative = alternative
      if (provider === 0) {
        state.longest = alternative
        state.direction = alternative
        state.strength = alternateSure === 1 ? 7 : 1
        return alternative
      }
      const counter = entries[providerSlot] & 7
      const longest = counter >> 2
      const chooser = ((provider - 1) >> 3) * 2 + alternateSure
      const weak = counter === 3 || counter === 4
      const direction = weak && useAlternate[chooser] >= 0 ? alternative : longest
      state.longest = longest
      state.strength = Math.abs(2 * counter - 7)
      state.chooser = chooser
      state.direction = direction
      return direction
    },
  }
}
