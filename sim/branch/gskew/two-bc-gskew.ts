/** 2bc-gskew: a bimodal table and two skewed gshare tables vote; a fourth table chooses between the vote and bimodal alone. */
import { foldAddress } from "../address-fold.ts"
import { TAKEN } from "../branch-block.ts"
import type { BranchPredictor } from "../predictor.ts"

/** A table of two-bit counters, indexed by the fold of the address XOR the newest outcomes. */
export interface SkewedTable {
  /** Base-two logarithm of the number of counters; at most 26. */
  readonly indexBits: number
  /** Outcomes hashed in, of branches of any class; at most 31. */
  readonly historyBits: number
}

export interface TwoBcGskewParameters {
  readonly bimodal: SkewedTable
  readonly shortHistory: SkewedTable
  readonly longHistory: SkewedTable
  readonly choice: SkewedTable
}

/** The example of MBPlib: 64 KB by its count, 48 KB bit by bit. */
export const mbp2bcGskew64KB: TwoBcGskewParameters = {
  bimodal: { indexBits: 15, historyBits: 0 },
  shortHistory: { indexBits: 16, historyBits: 17 },
  longHistory: { indexBits: 16, historyBits: 27 },
  choice: { indexBits: 15, historyBits: 20 },
}

/** Source: Seznec and Michaud 1999, partial update as MBPlib has it. Counters start weakly taken, the choice weakly at the vote. */
export const twoBcGskew = (parameters: TwoBcGskewParameters): BranchPredictor => {
  const parts = [parameters.bimodal, parameters.shortHistory, parameters.longHistory, parameters.choice]
  const historyBits = Math.max(...parts.map((part) => part.historyBits))
  const historyMask = 2 ** historyBits - 1
  const [bimodal, short, long, choice] = parts.map(({ indexBits }) => new Uint8Array(2 ** indexBits).fill(2))
  const [widthB, widthS, widthL, widthC] = parts.map(({ indexBits }) => indexBits)
  const [maskB, maskS, maskL, maskC] = parts.map((part) => 2 ** part.historyBits - 1)
  let history = 0
  let indexB = 0
  let indexS = 0
  let indexL = 0
  let indexC = 0
  /** Of the last prediction: the three votes, their majority, whether the majority was asked, the answer. */
  let b = 0
  let s = 0
  let l = 0
  let majority = 0
  let byVote = false
  let answer = 0
  let tracked = 0
  const written = [0, 0, 0, 0]

  const step = (table: Uint8Array, part: number, index: number, direction: number): void => {
    const counter = table[index]
    if (direction === 1) {
      if (counter < 3) table[index] = counter + 1
    } else if (counter > 0) table[index] = counter - 1
    written[part]++
  }

  return {
    tables: [
      ...(["bimodal", "short history", "long history", "choice"] as const).map((name, i) => ({
        name,
        entries: 2 ** parts[i].indexBits,
        bitsPerEntry: 2,
        readsPerPrediction: 1,
      })),
      { name: "history", entries: 1, bitsPerEntry: historyBits, readsPerPrediction: 0 },
    ],
    predict: (pc, pcHigh) => {
      indexB = foldAddress(pc ^ (history & maskB), pcHigh, widthB)
      indexS = foldAddress(pc ^ (history & maskS), pcHigh, widthS)
      indexL = foldAddress(pc ^ (history & maskL), pcHigh, widthL)
      indexC = foldAddress(pc ^ (history & maskC), pcHigh, widthC)
      b = bimodal[indexB] >> 1
      s = short[indexS] >> 1
      l = long[indexL] >> 1
      majority = s === l ? s : b
      byVote = choice[indexC] >= 2
      answer = byVote ? majority : b
      return answer
    },
    train: (_pc, _pcHigh, taken) => {
      if (majority !== b) step(choice, 3, indexC, majority === taken ? 1 : 0)
      else if (answer === taken) step(choice, 3, indexC, byVote ? 1 : 0)
      const wouldAnswer = choice[indexC] >= 2 ? majority : b
      if (wouldAnswer !== taken) {
        step(bimodal, 0, indexB, taken)
        step(short, 1, indexS, taken)
        step(long, 2, indexL, taken)
        return
      }
      if (b === s && s === l) return
      if (byVote) {
        if (s === taken) step(short, 1, indexS, taken)
        if (l === taken) step(long, 2, indexL, taken)
        if (b === taken) step(bimodal, 0, indexB, taken)
      } else step(bimodal, 0, indexB, b)
    },
    track: (_pc, _pcHigh, _target, _targetHigh, flags) => {
      history = ((history << 1) | ((flags & TAKEN) >> 4)) & historyMask
      tracked++
    },
    writes: () => [...written, tracked],
  }
}
