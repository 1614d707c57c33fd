/** gshare over a history longer than its index and of all branches: address and history are folded together. */
import { foldAddress } from "../address-fold.ts"
import { TAKEN } from "../branch-block.ts"
import type { BranchPredictor } from "../predictor.ts"

export interface FoldedGshareParameters {
  /** Base-two logarithm of the number of counters; at most 26. */
  readonly indexBits: number
  /** Outcomes remembered, of branches of any class; at most 32. */
  readonly historyBits: number
  /** Every counter's first value, 0 (strongly not taken) to 3. */
  readonly initialCounter: number
}

/** The example of MBPlib: 64 KB. */
export const mbpGshare64KB: FoldedGshareParameters = { indexBits: 18, historyBits: 25, initialCounter: 2 }

/**
 * The index is the fold of pc XOR (history << s), with s = indexBits - historyBits mod indexBits so that the newest outcomes
 * meet address bits that differ least. Folding is linear: the history's fold is kept and moved on by one bit a branch.
 * Source: MBPlib's gshare.
 */
export const foldedGshare = (parameters: FoldedGshareParameters): BranchPredictor => {
  const { indexBits, historyBits, initialCounter } = parameters
  const counters = new Uint8Array(2 ** indexBits).fill(initialCounter)
  const indexMask = 2 ** indexBits - 1
  const historyMask = 2 ** historyBits - 1
  const shift = (indexBits - (historyBits % indexBits)) % indexBits
  const inserted = 1 << shift
  const removed = (historyBits + shift) % indexBits
  let history = 0
  let fold = 0
  let index = 0
  let trained = 0
  let tracked = 0
  return {
    tables: [
      { name: "counters", entries: 2 ** indexBits, bitsPerEntry: 2, readsPerPrediction: 1 },
      { name: "history", entries: 1, bitsPerEntry: historyBits, readsPerPrediction: 0 },
    ],
    predict: (pc, pcHigh) => {
      index = foldAddress(pc, pcHigh, indexBits) ^ fold
      return counters[index] >> 1
    },
    train: (_pc, _pcHigh, taken) => {
      const counter = counters[index]
      if (taken === 1) {
        if (counter < 3) counters[index] = counter + 1
      } else if (counter > 0) counters[index] = counter - 1
      trained++
    },
    track: (_pc, _pcHigh, _target, _targetHigh, flags) => {
      const taken = (flags & TAKEN) >> 4
      const oldest = history >>> (historyBits - 1)
      fold = ((fold << 1) | (fold >>> (indexBits - 1))) & indexMask
      fold ^= (oldest << removed) ^ (taken === 1 ? inserted : 0)
      history = ((history << 1) | taken) & historyMask
      tracked++
    },
    writes: () => [trained, tracked],
  }
}
