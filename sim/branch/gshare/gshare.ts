/** gshare: two-bit counters indexed by the address XOR the outcomes of the last conditional branches. */
import { CONDITIONAL, TAKEN } from "../branch-block.ts"
import type { BranchPredictor } from "../predictor.ts"

export interface GshareParameters {
  /** Base-two logarithm of the number of counters; at most 26. */
  readonly indexBits: number
  /** Outcomes of conditional branches that are remembered; at most 32. */
  readonly historyBits: number
  /** Every counter's first value, 0 (strongly not taken) to 3. */
  readonly initialCounter: number
}

/** The baseline of the fifth Championship Branch Prediction, whose register keeps 32 outcomes though the index uses 17. */
export const kitGshare32KB: GshareParameters = { indexBits: 17, historyBits: 32, initialCounter: 2 }
/** Of the course CSE240A of UC San Diego. */
export const ucsdGshare13: GshareParameters = { indexBits: 13, historyBits: 13, initialCounter: 1 }

/** Source: McFarling 1993, section 7. */
export const gshare = ({ indexBits, historyBits, initialCounter }: GshareParameters): BranchPredictor => {
  const counters = new Uint8Array(2 ** indexBits).fill(initialCounter)
  const indexMask = 2 ** indexBits - 1
  const historyMask = (2 ** historyBits - 1) | 0
  let history = 0
  let index = 0
  let written = 0
  return {
    tables: [
      { name: "counters", entries: 2 ** indexBits, bitsPerEntry: 2, readsPerPrediction: 1 },
      { name: "history", entries: 1, bitsPerEntry: historyBits, readsPerPrediction: 0 },
    ],
    predict: (pc) => {
      index = (pc ^ history) & indexMask
      return counters[index] >> 1
    },
    train: (_pc, _pcHigh, taken) => {
      const counter = counters[index]
      if (taken === 1) {
        if (counter < 3) counters[index] = counter + 1
      } else if (counter > 0) counters[index] = counter - 1
      written++
    },
    track: (_pc, _pcHigh, _target, _targetHigh, flags) => {
      if ((flags & CONDITIONAL) !== 0) history = ((history << 1) | ((flags & TAKEN) >> 4)) & historyMask
    },
    writes: () => [written, written],
  }
}
