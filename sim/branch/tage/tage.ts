/** TAGE: the longest history whose entry carries the branch's tag predicts; entries are allocated where it was wrong. */
import { foldAddress } from "../address-fold.ts"
import { TAKEN } from "../branch-block.ts"
import { pinned } from "../pinned-array.ts"
import type { BranchPredictor } from "../predictor.ts"
import { mbpTaggedTables, tagShift, taggedLookup, type TaggedTable } from "../tagged-tables.ts"

export interface TageTable extends TaggedTable {
  /** Bits of the usefulness counter; 1 to 4. */
  readonly usefulBits: number
}

export interface TageParameters {
  /** Base-two logarithm of the counters of the base table, indexed by the address alone; at most 20. */
  readonly baseIndexBits: number
  /** Bits of a base counter, sign included; 2 to 8. */
  readonly baseCounterBits: number
  /** From the shortest history to the longest; at most 30. */
  readonly tables: readonly TageTable[]
  /** Bits of a tagged counter, sign included; 2 to 4. */
  readonly counterBits: number
  /** Counters that learn whether a new entry or its alternate is to be believed; at least two a table and two for the base. */
  readonly choiceEntries: number
  /** Bits of such a counter, sign included; at most 8. */
  readonly choiceBits: number
}

/** The example of MBPlib. Its base entries have usefulness counters as well, which nothing reads: they are left out. */
export const mbpTage64KB: TageParameters = {
  baseIndexBits: 14,
  baseCounterBits: 2,
  tables: mbpTaggedTables.map((table) => ({ ...table, usefulBits: table.indexBits === 9 ? 3 : 2 })),
  counterBits: 3,
  choiceEntries: 256,
  choiceBits: 5,
}

/** Fields of a tagged entry: the counter plus half its range, usefulness, tag. */
const counterMask = 15
const usefulShift = 4
const usefulOne = 1 << usefulShift
const usefulMask = 15 << usefulShift

/**
 * Source: Seznec and Michaud 2006, in the form that MBPlib gives it. Folded histories are functions of the history and are not
 * counted as storage.
 */
export const tage = (parameters: TageParameters): BranchPredictor => {
  const { baseIndexBits, baseCounterBits, tables, counterBits, choiceEntries, choiceBits } = parameters
  const count = tables.length
  const { entries, indices, tags, match, push } = taggedLookup(tables)
  /** A counter's weakest "taken"; one less is the weakest "not taken". */
  const weak = 2 ** (counterBits - 1)
  const strongest = 2 * weak - 1
  entries.fill(weak)
  const mostUseful = pinned(tables.map(({ usefulBits }) => (2 ** usefulBits - 1) << usefulShift))
  const baseWeak = 2 ** (baseCounterBits - 1)
  const base = new Uint8Array(2 ** baseIndexBits).fill(baseWeak)
  const choice = new Int8Array(choiceEntries)
  const choiceTop = 2 ** (choiceBits - 1) - 1
  const written = new Float64Array(count + 2)
  let tracked = 0
  let baseIndex = 0
  /** Of the last prediction, tables counted from 1, 0 is the base. */
  let longest = 0
  let next = 0
  let longestDirection = 0
  let nextDirection = 0
  let longestIsWeak = false
  let slot = 0
  let byNext = false
  let answer = 0

  const counterOf = (table: number): number =>
    table === 0 ? base[baseIndex] - baseWeak + weak : entries[indices[table - 1]] & counterMask

  const stepBase = (taken: number): void => {
    const counter = base[baseIndex]
    if (taken === 1) {
      if (counter < 2 * baseWeak - 1) base[baseIndex] = counter + 1
    } else if (counter > 0) base[baseIndex] = counter - 1
    written[0]++
  }

  /** Counter toward the outcome, usefulness up where the prediction was right. */
  const stepTagged = (table: number, taken: number): void => {
    let entry = entries[indices[table - 1]]
    const counter = entry & counterMask
    if (taken === 1) {
      if (counter < strongest) entry++
    } else if (counter > 0) entry--
    const useful = entry & usefulMask
    if (answer === taken) {
      if (useful < mostUseful[table - 1]) entry += usefulOne
    } else if (useful > 0) entry -= usefulOne
    entries[indices[table - 1]] = entry
    written[table]++
  }

  const clearUseful = (table: number): void => {
    entries[indices[table - 1]] &= ~usefulMask
  }

  const allocate = (taken: number): void => {
    for (let table = longest + 1; table <= count; table++) {
      if ((entries[indices[table - 1]] & usefulMask) !== 0) continue
      entries[indices[table - 1]] = (tags[table - 1] << tagShift) | usefulOne | (weak - 1 + taken)
      written[table]++
      return
    }
    for (let table = longest + 1; table <= count; table++) {
      entries[indices[table - 1]] -= usefulOne
      written[table]++
    }
  }

  return {
    tables: [
      { name: "base", entries: base.length, bitsPerEntry: baseCounterBits, readsPerPrediction: 1 },
      ...tables.map(({ historyLength, indexBits, tagBits, usefulBits }) => ({
        name: `tagged ${historyLength}`,
        entries: 2 ** indexBits,
        bitsPerEntry: tagBits + counterBits + usefulBits,
        readsPerPrediction: 1,
      })),
      { name: "choice", entries: choiceEntries, bitsPerEntry: choiceBits, readsPerPrediction: 1 },
      {
        name: "history",
        entries: 1,
        bitsPerEntry: Math.max(...tables.map(({ historyLength }) => historyLength)),
        readsPerPrediction: 0,
      },
    ],
    predict: (pc, pcHigh) => {
      baseIndex = foldAddress((pc >>> 2) | (pcHigh << 30), pcHigh >>> 2, baseIndexBits)
      let matches = match(pc, pcHigh)
      longest = matches === 0 ? 0 : 31 - Math.clz32(matches)
      matches ^= 1 << longest
      next = longest === 0 || matches === 0 ? 0 : 31 - Math.clz32(matches)
      const counter = counterOf(longest)
      longestDirection = counter >= weak ? 1 : 0
      answer = longestDirection
      longestIsWeak = longest > 0 && (counter === weak || counter === weak - 1)
      byNext = false
      if (longestIsWeak) {
        const alternate = counterOf(next)
        nextDirection = alternate >= weak ? 1 : 0
        slot = 2 * longest + (alternate === weak || alternate === weak - 1 ? 1 : 0)
        byNext = choice[slot] >= 0
        if (byNext) answer = nextDirection
      }
      return answer
    },
    train: (_pc, _pcHigh, taken) => {
      if (longest === 0) stepBase(taken)
      else {
        stepTagged(longest, taken)
        if (longestIsWeak) {
          const counter = entries[indices[longest - 1]] & counterMask
          if (counter === weak || counter === weak - 1) clearUseful(longest)
          if (byNext) {
            if (next === 0) stepBase(taken)
            else stepTagged(next, taken)
          }
          if (longestDirection !== nextDirection) {
            const value = choice[slot]
            if (nextDirection === taken) {
              if (value < choiceTop) choice[slot] = value + 1
            } else if (value >= -choiceTop) choice[slot] = value - 1
            written[count + 1]++
          }
        }
      }
      if (answer !== taken && longestDirection !== taken) allocate(taken)
    },
    track: (_pc, _pcHigh, _target, _targetHigh, flags) => {
      push((flags & TAKEN) >> 4)
      tracked++
    },
    writes: () => [...written, tracked],
  }
}
