/** TAGE's prediction: the matching component of the longest history provides, the next one is its alternate. */
import { pinned } from "../pinned-array.ts"
import type { BasePredictor } from "./base-predictor.ts"
import type { Pair } from "./geometry.ts"
import type { PairFolds } from "./pair-folds.ts"
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
  /** 5-bit counters: not negative where a weak provider yields to its alternate. */
  readonly useAlternate: Int8Array
  lookup(pc: number, pcHigh: number): number
  /** Where an active component keeps the branch looked up last, until histories move on. */
  readonly entryOf: (component: number) => number
  /** The tag of a kept pair for that branch. */
  readonly tagOf: (pair: number) => number
  /** By component: its pair among those kept. */
  readonly pairOf: Int32Array
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
  folds: PairFolds,
  path: PathHistory,
): TageLookup => {
  const { entryBits, hash, low, high } = parameters
  const { sums, clock, newest, last, indexFold, wideFold, narrowFold } = folds
  const refolded = hash === "refolded"
  const count = pairs.length
  const lowCount = pairs.filter(({ number }) => number <= low.pairs).length
  const mask = 2 ** entryBits - 1
  const lengths = pinned(pairs.map(({ history }) => history))
  const numbers = pinned(pairs.map(({ number }) => number))
  const pathMasks = pinned(pairs.map(({ history }) => 2 ** Math.min(history, 27) - 1))
  const tagWidths = pinned(pairs.map(({ tagBits }) => tagBits))
  const tagMasks = pinned(pairs.map(({ tagBits }) => 2 ** tagBits - 1))
  const pcShifts = pinned(pairs.map(({ number }) => Math.abs(entryBits - (2 * number - 1)) + 1))
  const oddRanks = pinned(pairs.map(({ oddRank }) => oddRank))
  const evenRanks = pinned(pairs.map(({ evenRank }) => evenRank))
  const pairOf = new Int32Array(2 * (low.pairs + high.pairs) + 1)
  for (const [k, { number }] of pairs.entries()) pairOf.fill(k, 2 * number - 1, 2 * number + 1)
  /** From this kept pair on the path mix is the same: 27 bits of path, not rotated. */
  const plain = pairs.findIndex(({ number, history }) => 2 * number - 1 >= entryBits && history >= 27)
  const firstPlain = plain < 0 ? count : plain
  const starts = pinned([...bankStarts(low, lowStart, entryBits), ...bankStarts(high, 0, entryBits)])
  const highBanks = high.banks
  const lowBanks = low.banks
  const highWrap = 2 ** 32 % highBanks
  const lowWrap = 2 ** 32 % lowBanks
  const highPath = 2 ** high.bankPathBits - 1
  const lowPath = 2 ** low.bankPathBits - 1
  const { width: indexWidth, row: indexRow, at: indexAt } = folds.index[count - 1]
  const kindsOf = (k: number) => [folds.wide[k], folds.narrow[k]] as const
  const [lowWide, lowNarrow] = kindsOf(0)
  const [highWide, highNarrow] = kindsOf(count - 1)

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
  const looked = { pc: 0, low: 0, high: 0 }

  const mixOf = (k: number): number => pathMix(path.bits & pathMasks[k], 2 * numbers[k] - 1, entryBits)

  const directTag = (k: number, pc: number, wide: number, narrow: number): number =>
    (pc ^ wide ^ (narrow << 1)) & tagMasks[k]

  /** @param own the pair's index fold, @param below that of the pair before it, 0 for the first */
  const refoldedTag = (
    k: number,
    pc: number,
    mix: number,
    own: number,
    below: number,
    wide: number,
    narrow: number,
  ): number => {
    const z = (below << 2) ^ pc ^ (pc >>> 2) ^ own
    const sum = (z >>> 1) ^ ((z & 1) << 10) ^ mix ^ wide ^ (narrow << 1)
    return (sum ^ (sum >>> tagWidths[k])) & tagMasks[k]
  }

  const indexOf = (k: number, pc: number, mix: number, fold: number): number => {
    const index = pc ^ (pc >>> pcShifts[k]) ^ fold ^ mix
    return (refolded ? index ^ (index >>> entryBits) ^ (index >>> (2 * entryBits)) : index) & mask
  }

  const foldBelow = (k: number): number => (k === 0 ? 0 : indexFold(k - 1))

  const tagOf = (k: number): number => {
    const { pc } = looked
    const wide = wideFold(k)
    const narrow = narrowFold(k)
    return refolded
      ? refoldedTag(k, pc, mixOf(k), indexFold(k), foldBelow(k), wide, narrow)
      : directTag(k, pc, wide, narrow)
  }

  return {
    state,
    useAlternate,
    pairOf,
    tagOf,
    entryOf: (component) => {
      const k = pairOf[component]
      const index = indexOf(k, looked.pc, mixOf(k), indexFold(k))
      const start = k < lowCount ? looked.low : looked.high
      return (component & 1) === 1
        ? starts[start + oddRanks[k]] + index
        : starts[start + evenRanks[k]] + (index ^ (tagOf(k) & mask))
    },
    lookup: (pc, pcHigh) => {
      const pathBits = path.bits
      const plainMix = (pathBits & mask) ^ ((pathBits & 0x7ff_ffff) >> entryBits)
      const highStart = 2 * lowBanks + bankOf(pc ^ (pathBits & highPath), pcHigh, highBanks, highWrap)
      const lowFirst = bankOf(pc ^ (pathBits & lowPath), pcHigh, lowBanks, lowWrap)
      looked.pc = pc
      looked.low = lowFirst
      looked.high = highStart
      let provider = 0
      let providerSlot = 0
      let alternate = 0
      let alternateSlot = 0
      const head = clock[0]
      const nowIndex = newest[indexAt]
      const turnIndex = indexWidth - clock[indexAt]
      let start = highStart
      let rowWide = highWide.row
      let rowNarrow = highNarrow.row
      let nowWide = newest[highWide.at]
      let nowNarrow = newest[highNarrow.at]
      let turnWide = highWide.width - clock[highWide.at]
      let turnNarrow = highNarrow.width - clock[highNarrow.at]
      let wideMask = (1 << highWide.width) - 1
      let narrowMask = (1 << highNarrow.width) - 1
      let own = refolded ? indexFold(count - 1) : 0
      for (let k = count - 1; k >= 0; k--) {
        if (k === lowCount - 1) {
          start = lowFirst
          rowWide = lowWide.row
          rowNarrow = lowNarrow.row
          nowWide = newest[lowWide.at]
          nowNarrow = newest[lowNarrow.at]
          turnWide = lowWide.width - clock[lowWide.at]
          turnNarrow = lowNarrow.width - clock[lowNarrow.at]
          wideMask = (1 << lowWide.width) - 1
          narrowMask = (1 << lowNarrow.width) - 1
        }
        const mix = k >= firstPlain ? plainMix : mixOf(k)
        // The pair's folds written out: widths up to 16 are stored twice and turn with one shift.
        const past = (head - lengths[k]) & last
        const wide = ((nowWide ^ sums[rowWide | past]) >>> turnWide) & wideMask
        const narrow = ((nowNarrow ^ sums[rowNarrow | past]) >>> turnNarrow) & narrowMask
        let index = 0
        let tag = 0
        if (refolded) {
          const below = foldBelow(k)
          index = indexOf(k, pc, mix, own)
          tag = refoldedTag(k, pc, mix, own, below, wide, narrow)
          own = below
        } else {
          index = indexOf(k, pc, mix, (nowIndex ^ sums[indexRow | past]) >>> turnIndex)
          tag = directTag(k, pc, wide, narrow)
        }
        const evenRank = evenRanks[k]
        if (evenRank >= 0) {
          const slot = starts[start + evenRank] + (index ^ (tag & mask))
          if (entries[slot] >> 3 === tag) {
            if (provider === 0) {
              provider = 2 * numbers[k]
              providerSlot = slot
            } else {
              alternate = 2 * numbers[k]
              alternateSlot = slot
              break
            }
          }
        }
        const oddRank = oddRanks[k]
        if (oddRank >= 0) {
          const slot = starts[start + oddRank] + index
          if (entries[slot] >> 3 === tag) {
            if (provider === 0) {
              provider = 2 * numbers[k] - 1
              providerSlot = slot
            } else {
              alternate = 2 * numbers[k] - 1
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
