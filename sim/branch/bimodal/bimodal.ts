/** bimodal: a two-bit counter per low part of the address, no history. */
import type { BranchPredictor } from "../predictor.ts"

export interface BimodalParameters {
  /** Base-two logarithm of the number of counters; at most 26. */
  readonly indexBits: number
  /** Every counter's first value, 0 (strongly not taken) to 3; taken from 2 on. */
  readonly initialCounter: number
}

/** The example of MBPlib: 64 KB. */
export const mbpBimodal64KB: BimodalParameters = { indexBits: 18, initialCounter: 2 }
/** Of the course CSE240A of UC San Diego. */
export const ucsdBimodal13: BimodalParameters = { indexBits: 13, initialCounter: 1 }

/** Source: J. E. Smith 1981, strategy 7. */
export const bimodal = ({ indexBits, initialCounter }: BimodalParameters): BranchPredictor => {
  const counters = new Uint8Array(2 ** indexBits).fill(initialCounter)
  const mask = 2 ** indexBits - 1
  let written = 0
  return {
    tables: [{ name: "counters", entries: 2 ** indexBits, bitsPerEntry: 2, readsPerPrediction: 1 }],
    predict: (pc) => counters[pc & mask] >> 1,
    train: (pc, _pcHigh, taken) => {
      const counter = counters[pc & mask]
      if (taken === 1) {
        if (counter < 3) counters[pc & mask] = counter + 1
      } else if (counter > 0) counters[pc & mask] = counter - 1
      written++
    },
    track: () => {},
    writes: () => [written],
  }
}
