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
  /** Where a counter goes, at 2 × counter + outcome. */
  const next = new Uint8Array(new ArrayBuffer(8))
  next.set([0, 1, 0, 2, 1, 3, 2, 3])
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
    run: (block, missed) => {
      const { length, pc, flags } = block
      const conditional = CONDITIONAL
      let past = history
      let misses = 0
      let seen = 0
      for (let i = 0; i < length; i++) {
        const flag = flags[i]
        if ((flag & conditional) === 0) {
          missed[i] = 0
          continue
        }
        const taken = (flag >> 4) & 1
        const at = (pc[i] ^ past) & indexMask
        const counter = counters[at]
        const miss = (counter >> 1) ^ taken
        counters[at] = next[2 * counter + taken]
        past = ((past << 1) | taken) & historyMask
        missed[i] = miss
        misses += miss
        seen++
      }
      history = past
      written += seen
      return misses
    },
    writes: () => [written, written],
  }
}
