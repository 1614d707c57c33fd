/** BATAGE: TAGE whose entries count both outcomes, so that the most confident of the matching entries predicts. */
import { foldAddress } from "../address-fold.ts"
import { TAKEN } from "../branch-block.ts"
import type { BranchPredictor } from "../predictor.ts"
import { mbpTaggedTables, tagShift, taggedLookup, type TaggedTable } from "../tagged-tables.ts"
import { confidenceOf, decayed, directionOf, isVeryConfident, stepped } from "./dual-counter.ts"
import { mersenneTwister } from "./mersenne-twister.ts"

export interface BatageParameters {
  /** Base-two logarithm of the entries of the base table, indexed by the address alone; at most 20. */
  readonly baseIndexBits: number
  /** From the shortest history to the longest; at most 30. */
  readonly tables: readonly TaggedTable[]
  /** Range of the counter that holds back allocation: from 0 to this. */
  readonly allocationCeiling: number
  /** At each of so many equal steps of that range, one more of so many allocations is held back, by chance. */
  readonly throttleSteps: number
  /** An allocation skips fewer than this many tables, by chance, beyond the next one. */
  readonly maximumSkip: number
  /** A confident entry in an allocation's way decays once in this many times, by chance. */
  readonly decayPeriod: number
  /** Added to the allocation counter for each allocation... */
  readonly allocationGain: number
  /** ...and taken from it for each moderately confident entry that was in the way. */
  readonly blockedLoss: number
  /** Of the generator of random numbers. */
  readonly seed: number
}

/** The example of MBPlib: the geometry of its TAGE. */
export const mbpBatage64KB: BatageParameters = {
  baseIndexBits: 14,
  tables: mbpTaggedTables,
  allocationCeiling: 524_288,
  throttleSteps: 10,
  maximumSkip: 3,
  decayPeriod: 4,
  allocationGain: 3,
  blockedLoss: 4,
  seed: 158_715,
}

/** The pair of counters, in the low bits of an entry. */
const stateMask = 63

/** Source: Michaud 2018 ("An alternative TAGE-like conditional branch predictor"), in the form that MBPlib gives it. */
export const batage = (parameters: BatageParameters): BranchPredictor => {
  const { baseIndexBits, tables, allocationCeiling, throttleSteps, maximumSkip, decayPeriod } = parameters
  const { allocationGain, blockedLoss, seed } = parameters
  const count = tables.length
  const { entries, indices, tags, match, push } = taggedLookup(tables)
  const base = new Uint8Array(2 ** baseIndexBits)
  const { below } = mersenneTwister(seed)
  const written = new Float64Array(count + 1)
  let allocation = 0
  let tracked = 0
  let baseIndex = 0
  let moved = 0
  /** Of the last prediction: bit i of the matching tables, counted from 1, the one that answers (0 is the base), and how sure it is. */
  let matches = 0
  let provider = 0
  let confidence = 0
  let answer = 0

  const stateOf = (table: number): number =>
    table === 0 ? base[baseIndex] : entries[indices[table - 1]] & stateMask

  const setState = (table: number, state: number): void => {
    if (table === 0) base[baseIndex] = state
    else entries[indices[table - 1]] = (entries[indices[table - 1]] & ~stateMask) | state
    written[table]++
  }

  const allocate = (from: number, taken: number): void => {
    let blocked = 0
    for (let table = from; table <= count; table++) {
      const state = stateOf(table)
      if (confidenceOf[state] === 2) {
        blocked += 1 - isVeryConfident[state]
        if (below(decayPeriod) === 0) setState(table, decayed[state])
        continue
      }
      entries[indices[table - 1]] = (tags[table - 1] << tagShift) | stepped[taken]
      written[table]++
      allocation += allocationGain - blockedLoss * blocked
      if (allocation < 0) allocation = 0
      else if (allocation > allocationCeiling) allocation = allocationCeiling
      moved++
      return
    }
  }

  return {
    tables: [
      { name: "base", entries: base.length, bitsPerEntry: 6, readsPerPrediction: 1 },
      ...tables.map(({ historyLength, indexBits, tagBits }) => ({
        name: `tagged ${historyLength}`,
        entries: 2 ** indexBits,
        bitsPerEntry: tagBits + 6,
        readsPerPrediction: 1,
      })),
      {
        name: "allocation counter",
        entries: 1,
        bitsPerEntry: Math.ceil(Math.log2(allocationCeiling + 1)),
        readsPerPrediction: 0,
      },
      {
        name: "history",
        entries: 1,
        bitsPerEntry: Math.max(...tables.map(({ historyLength }) => historyLength)),
        readsPerPrediction: 0,
      },
    ],
    predict: (pc, pcHigh) => {
      baseIndex = foldAddress((pc >>> 2) | (pcHigh << 30), pcHigh >>> 2, baseIndexBits)
      matches = match(pc, pcHigh)
      let state: number = base[baseIndex]
      provider = 0
      confidence = confidenceOf[state]
      for (let rest = matches; rest !== 0; rest &= rest - 1) {
        const table = 31 - Math.clz32(rest & -rest)
        const candidate = entries[indices[table - 1]] & stateMask
        if (directionOf[candidate] === 0 || confidenceOf[candidate] < confidence) continue
        state = candidate
        provider = table
        confidence = confidenceOf[candidate]
      }
      answer = directionOf[state] > 0 ? 1 : 0
      return answer
    },
    train: (_pc, _pcHigh, taken) => {
      const longer = matches & (-2 << provider)
      for (let rest = longer; rest !== 0; rest &= rest - 1) {
        const table = 31 - Math.clz32(rest & -rest)
        setState(table, stepped[2 * stateOf(table) + taken])
      }
      const shorter = matches & ((1 << provider) - 1)
      const alternate = shorter === 0 ? 0 : 31 - Math.clz32(shorter)
      const state = stateOf(provider)
      if (provider > 0) {
        const other = stateOf(alternate)
        const redundant =
          confidence === 2 && confidenceOf[other] === 2 && directionOf[other] === (taken === 1 ? 1 : -1)
        setState(provider, redundant ? decayed[state] : stepped[2 * state + taken])
        if (confidence !== 2) setState(alternate, stepped[2 * other + taken])
      } else setState(0, stepped[2 * state + taken])
      if (answer === taken) return
      const limit = Math.floor((allocation * throttleSteps) / (allocationCeiling + 1))
      if (below(throttleSteps) < limit) return
      const last = longer === 0 ? provider : 31 - Math.clz32(longer)
      allocate(last + 1 + below(maximumSkip), taken)
    },
    track: (_pc, _pcHigh, _target, _targetHigh, flags) => {
      push((flags & TAKEN) >> 4)
      tracked++
    },
    writes: () => [...written, moved, tracked],
  }
}
