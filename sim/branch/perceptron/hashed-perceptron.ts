/** Hashed perceptron: one weight from each of several tables, indexed by ever longer histories; the sign of their sum answers. */
import { foldAddress } from "../address-fold.ts"
import { TAKEN } from "../branch-block.ts"
import { foldedHistory } from "../folded-history.ts"
import { pinned, pinnedZeros } from "../pinned-array.ts"
import type { BranchPredictor } from "../predictor.ts"

export interface HashedPerceptronParameters {
  /** Outcomes hashed into each table's index, of branches of any class; one table for each length. */
  readonly historyLengths: readonly number[]
  /** Base-two logarithm of the entries of every table; 2 to 16. */
  readonly indexBits: number
  /** Bits of a weight, sign included; at most 8. */
  readonly weightBits: number
  /** First magnitude of the sum below which a right prediction still trains. */
  readonly initialThreshold: number
  /** Wrong predictions ahead of weak right ones (or behind) that move the threshold by one. */
  readonly thresholdSpeed: number
}

/** The example of MBPlib: 64 KB. */
export const mbpHashedPerceptron64KB: HashedPerceptronParameters = {
  historyLengths: [0, 4, 5, 7, 9, 13, 17, 23, 32, 43, 58, 78, 105, 141, 191, 257],
  indexBits: 12,
  weightBits: 8,
  initialThreshold: 10,
  thresholdSpeed: 18,
}

/**
 * Source: Tarjan and Skadron 2005; threshold adapted as in O-GEHL (Seznec 2005). Folded histories are functions of the
 * history and are not counted as storage.
 */
export const hashedPerceptron = (parameters: HashedPerceptronParameters): BranchPredictor => {
  const { historyLengths, indexBits, weightBits, initialThreshold, thresholdSpeed } = parameters
  const count = historyLengths.length
  const weights = new Int8Array(count << indexBits)
  const largest = 2 ** (weightBits - 1) - 1
  const smallest = -largest - 1
  const { sums, capacity, clock, push } = foldedHistory([indexBits], Math.max(...historyLengths))
  const last = capacity - 1
  const mask = 2 ** indexBits - 1
  const lengths = pinned(historyLengths)
  const indices = pinnedZeros(count)
  let sum = 0
  let threshold = initialThreshold
  let balance = 0
  let trained = 0
  let moved = 0
  let tracked = 0
  return {
    tables: [
      ...historyLengths.map((length) => ({
        name: `weights ${length}`,
        entries: 2 ** indexBits,
        bitsPerEntry: weightBits,
        readsPerPrediction: 1,
      })),
      { name: "threshold", entries: 1, bitsPerEntry: 16, readsPerPrediction: 0 },
      { name: "history", entries: 1, bitsPerEntry: Math.max(...historyLengths), readsPerPrediction: 0 },
    ],
    predict: (pc, pcHigh) => {
      const head = clock[0]
      const turn = indexBits - clock[1]
      const common = foldAddress(pc, pcHigh, indexBits) ^ ((sums[head] >>> turn) & mask)
      let total = 0
      for (let i = 0; i < count; i++) {
        const index = (i << indexBits) | (common ^ ((sums[(head - lengths[i]) & last] >>> turn) & mask))
        indices[i] = index
        total += weights[index]
      }
      sum = total
      return sum > 0 ? 1 : 0
    },
    train: (_pc, _pcHigh, taken) => {
      const right = sum > 0 === (taken === 1)
      if (right && Math.abs(sum) >= threshold) return
      trained++
      if (taken === 1) {
        for (let i = 0; i < count; i++) {
          const weight = weights[indices[i]]
          if (weight < largest) weights[indices[i]] = weight + 1
        }
      } else {
        for (let i = 0; i < count; i++) {
          const weight = weights[indices[i]]
          if (weight > smallest) weights[indices[i]] = weight - 1
        }
      }
      balance += right ? -1 : 1
      if (Math.abs(balance) >= thresholdSpeed) {
        threshold += Math.sign(balance)
        balance = 0
        moved++
      }
    },
    track: (_pc, _pcHigh, _target, _targetHigh, flags) => {
      push((flags & TAKEN) >> 4)
      tracked++
    },
    writes: () => [...historyLengths.map(() => trained), moved, tracked],
  }
}
