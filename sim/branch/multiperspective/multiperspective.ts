/** Multiperspective perceptron: a hashed perceptron over many kinds of history, behind a filter of branches with one direction. */
import { BACKWARD, CONDITIONAL, TAKEN } from "../branch-block.ts"
import { pinned, pinnedZeros } from "../pinned-array.ts"
import type { BranchPredictor } from "../predictor.ts"
import { hashedAddress } from "./address-hash.ts"
import type { Feature } from "./feature.ts"
import { perspectives } from "./perspectives.ts"
import { randomNumbers } from "./random.ts"
import { magnitudeMask, signOf, stepped, transfer } from "./weight.ts"

export interface MultiperspectiveParameters {
  readonly features: readonly Feature[]
  /** Storage in all; what histories, filter and sized tables leave is shared by the other tables. */
  readonly budgetBits: number
  readonly localHistories: number
  readonly localHistoryBits: number
  /** Of the filter: has this branch been seen taken, has it been seen not taken. */
  readonly filterEntries: number
  readonly recencyDepth: number
  /** Added to (taken) or taken from the sum where a branch's own outcomes are all alike, and where all but the oldest are. */
  readonly uniformLocalBias: number
  readonly nearlyUniformLocalBias: number
  /** Sums up to this magnitude are settled by the best features alone. */
  readonly lowConfidence: number
  readonly bestFeatures: number
  /** Bits of each feature's count of its wrong votes. */
  readonly missCounterBits: number
  /** What the sum is multiplied with before it meets thresholds; it is then cut to a whole number. */
  readonly sumScale: number
  readonly initialThreshold: number
  readonly thresholdSpeed: number
  /** Of the random choice of a weight to correct. */
  readonly seed: number
}

/** Bits of a weight: magnitude and two signs. */
const weightBits = 7

const seenTaken = 1
const seenNotTaken = 2

/** Sources: Jiménez 2016 ("Multiperspective perceptron predictor", CBP-5); gem5's model for what the paper leaves open. */
export const multiperspective = (parameters: MultiperspectiveParameters): BranchPredictor => {
  const { features, budgetBits, localHistories, localHistoryBits, filterEntries, recencyDepth } = parameters
  const { uniformLocalBias, nearlyUniformLocalBias, lowConfidence, bestFeatures, missCounterBits } =
    parameters
  const { sumScale, initialThreshold, thresholdSpeed, seed } = parameters
  const count = features.length
  const histories = perspectives(features, { localHistories, localHistoryBits, recencyDepth })
  const { hashes, mixes } = histories
  const otherBits =
    histories.storage.reduce((sum, { bits }) => sum + bits, 0) +
    localHistories * localHistoryBits +
    filterEntries * 2 +
    missCounterBits * count
  const sized = features.reduce((sum, { entries = 0 }) => sum + entries * weightBits, 0)
  const unsized = features.filter(({ entries }) => entries === undefined).length
  const share = Math.floor(Math.floor((budgetBits - otherBits - sized) / unsized) / weightBits)
  const sizes = pinned(features.map(({ entries = share }) => entries))
  const starts = pinnedZeros(count)
  for (let i = 1; i < count; i++) starts[i] = starts[i - 1] + sizes[i - 1]
  const weights = new Uint8Array(starts[count - 1] + sizes[count - 1])
  // At first the signs of odd features are negative, and so are all second signs.
  for (let i = 0; i < count; i++) weights.fill(i % 2 === 1 ? 96 : 64, starts[i], starts[i] + sizes[i])
  /** Of feature i and a magnitude, what is added to the sum. */
  const votes = pinned(
    features.flatMap(({ coefficient }) => transfer.map((x) => Math.trunc(coefficient * x))),
  )
  const misses = pinnedZeros(count)
  const corrected = new Float64Array(count)
  const filter = new Uint8Array(filterEntries)
  const random = randomNumbers(seed)
  const allOnes = 2 ** localHistoryBits - 1
  const oldest = 2 ** (localHistoryBits - 1)
  const indices = pinnedZeros(count)
  let threshold = initialThreshold
  let balance = 0
  let previous = 0
  /** Of the last prediction. */
  let hashed = 0
  let parity = 0
  let slot = 0
  let filtered = false
  let sum = 0
  let trained = 0
  let counted = 0
  let conditional = 0
  let recorded = 0

  const localBias = (pc: number): number => {
    const local = histories.local(pc)
    if (local === 0) return -uniformLocalBias
    if (local === allOnes) return uniformLocalBias
    if (local === oldest) return -nearlyUniformLocalBias
    return local === oldest - 1 ? nearlyUniformLocalBias : 0
  }

  const voteOf = (i: number): number => {
    const weight = weights[indices[i]]
    const vote = votes[(i << 5) | (weight & magnitudeMask)]
    return signOf(weight, parity) === 1 ? -vote : vote
  }

  /** Without coefficients, as the rule that corrects one more weight wants it. */
  const plainVoteOf = (i: number): number => {
    const weight = weights[indices[i]]
    return signOf(weight, parity) === 1 ? -transfer[weight & magnitudeMask] : transfer[weight & magnitudeMask]
  }

  const locate = (pc: number): void => {
    const address = (pc >>> 2) & 0xffff
    for (let i = 0; i < count; i++) {
      const size = sizes[i]
      const hash = hashes[i](pc, size)
      // The 38-bit number hash × 64, XOR the address and what is mixed in, modulo the size.
      const low = ((hash << 6) ^ address ^ mixes[i](pc, size)) >>> 0
      indices[i] = starts[i] + (((hash >>> 26) * 2 ** 32 + low) % size)
    }
  }

  const bestSum = (): number =>
    Array.from(misses, (missed, i) => ({ missed, i }))
      .toSorted((a, b) => a.missed - b.missed || a.i - b.i)
      .slice(0, bestFeatures)
      .reduce((total, { i }) => total + voteOf(i), 0)

  const countMisses = (taken: number): void => {
    counted++
    let full = false
    for (let i = 0; i < count; i++) {
      if (voteOf(i) >= 1 === (taken === 1)) continue
      misses[i]++
      full ||= misses[i] === 2 ** missCounterBits - 1
    }
    if (full) for (let i = 0; i < count; i++) misses[i] >>= 1
  }

  /** Where the trained weights would still be wrong, one weight that stands in the way is made smaller. */
  const correctOne = (total: number, taken: number): void => {
    const first = random() % count
    for (let j = 0; j < count; j++) {
      const i = (first + j) % count
      if (total - plainVoteOf(i) >= 1 !== (taken === 1)) continue
      if ((weights[indices[i]] & magnitudeMask) > 1) weights[indices[i]]--
      corrected[i]++
      return
    }
  }

  const trainWeights = (taken: number): void => {
    const right = sum >= 1 === (taken === 1)
    const magnitude = Math.abs(sum)
    if (magnitude <= lowConfidence) countMisses(taken)
    if (right && magnitude > threshold) return
    if (!right) balance++
    else if (magnitude < threshold) balance--
    if (Math.abs(balance) >= thresholdSpeed) {
      threshold += Math.sign(balance)
      balance = 0
    }
    trained++
    let total = 0
    for (let i = 0; i < count; i++) {
      weights[indices[i]] = stepped[4 * weights[indices[i]] + 2 * parity + taken]
      total += plainVoteOf(i)
    }
    if (total >= 1 !== (taken === 1)) correctOne(total, taken)
  }

  return {
    tables: [
      ...features.map(({ perspective }, i) => ({
        name: `weights ${i} ${perspective.kind}`,
        entries: sizes[i],
        bitsPerEntry: weightBits,
        readsPerPrediction: 1,
      })),
      { name: "filter", entries: filterEntries, bitsPerEntry: 2, readsPerPrediction: 1 },
      {
        name: "local histories",
        entries: localHistories,
        bitsPerEntry: localHistoryBits,
        readsPerPrediction: 1,
      },
      { name: "miss counters", entries: count, bitsPerEntry: missCounterBits, readsPerPrediction: 0 },
      ...histories.storage.map(({ name, bits }) => ({
        name,
        entries: 1,
        bitsPerEntry: bits,
        readsPerPrediction: 0,
      })),
    ],
    predict: (pc) => {
      hashed = hashedAddress(pc)
      parity = hashed & 1
      slot = (hashed ^ previous) % filterEntries
      const seen = filter[slot]
      filtered = seen === seenTaken || seen === seenNotTaken
      if (filtered) return seen === seenTaken ? 1 : 0
      locate(pc)
      let total = localBias(pc)
      for (let i = 0; i < count; i++) total += voteOf(i)
      sum = Math.trunc(total * sumScale)
      if (seen === 0) return 0
      if (Math.abs(sum) <= lowConfidence) return bestSum() >= 1 ? 1 : 0
      return sum >= 1 ? 1 : 0
    },
    train: (_pc, _pcHigh, taken) => {
      filter[slot] |= taken === 1 ? seenTaken : seenNotTaken
      if (!filtered) trainWeights(taken)
    },
    track: (pc, _pcHigh, _target, _targetHigh, flags) => {
      if ((flags & CONDITIONAL) === 0) return histories.other(pc)
      conditional++
      const taken = (flags & TAKEN) >> 4
      histories.conditional(pc, hashed, taken, (flags & BACKWARD) === 0 ? 0 : 1)
      if (!filtered) {
        histories.recordLocal(pc, taken)
        recorded++
      }
      previous = taken
    },
    writes: () => [
      ...features.map((_, i) => trained + corrected[i]),
      conditional,
      recorded,
      counted,
      ...histories.storage.map(({ written }) => written()),
    ],
  }
}
