/**
 * Sparse models learned while the program runs: a fixed number of SGD-L1 learners, each lent to a branch that the base
 * predictor misses often. Windows of 512 outcomes, global and local, and the search for lambda are those that arXiv
 * 2207.14033 states; how learners find branches and when they may overrule is a design of this package.
 */
import { CONDITIONAL, TAKEN } from "../branch-block.ts"
import type { BranchPredictor } from "../predictor.ts"
import { type ConfidenceGate, gateAfter } from "./confidence-gate.ts"
import { globalPositions, globalWords, pushOutcome } from "./history-window.ts"
import { tagBits, tagOf } from "./model-layout.ts"
import { publishedSearch, SgdL1, type SgdL1Parameters } from "./sgd-l1.ts"

export interface OnlineParameters {
  readonly learners: number
  /** A multiple of 32. */
  readonly localPositions: number
  /** A learner's claim to its branch: up by one at a miss of the base there, at most this. */
  readonly mostClaim: number
  readonly sgd: SgdL1Parameters
  readonly gate: ConfidenceGate
}

/** Assumed but for the windows and the search for lambda. */
export const defaultOnline: OnlineParameters = {
  learners: 16,
  localPositions: 512,
  mostClaim: 255,
  sgd: { ...publishedSearch, rate: 0.01, lambdaPeriod: 256 },
  gate: { most: 32, start: 0, threshold: 16, up: 1, down: 1 },
}

/** Bits of a weight or of a penalty received, were they hardware: assumed. */
const weightBits = 16

/**
 * The base runs as if alone. A miss of a branch without a learner lowers the least claim by one, and takes over the
 * learner whose claim is at 0 (frequent-item counting of Misra and Gries 1982). Claims are the only record of misses.
 */
export const onlineSparseOver = (base: BranchPredictor, parameters: OnlineParameters): BranchPredictor => {
  const { learners: count, localPositions, mostClaim, gate } = parameters
  const localWords = localPositions / 32
  const rowWords = globalWords + localWords
  const features = globalPositions + localPositions
  const learners = Array.from({ length: count }, () => new SgdL1(features, parameters.sgd))
  const learnerOfTag = new Int16Array(2 ** tagBits).fill(-1)
  const tags = new Int32Array(count).fill(-1)
  const claims = new Int32Array(count)
  const confidence = new Int32Array(count).fill(gate.start)
  /** A row for every learner: the global window, copied when it is looked up, and the branch's own. */
  const rows = new Int32Array(count * rowWords)
  const global = new Int32Array(globalWords)
  let tag = 0
  let owner = -1
  let baseSaid = 0
  let score = 0
  let learned = 0
  let globalWrites = 0
  let localWrites = 0

  const claim = (): void => {
    let least = 0
    for (let k = 1; k < count; k++) if (claims[k] < claims[least]) least = k
    if (claims[least] > 0) {
      claims[least]--
      return
    }
    if (tags[least] >= 0) learnerOfTag[tags[least]] = -1
    tags[least] = tag
    learnerOfTag[tag] = least
    claims[least] = 1
    confidence[least] = gate.start
    rows.fill(0, least * rowWords, (least + 1) * rowWords)
    learners[least].reset()
  }

  return {
    tables: [
      ...base.tables,
      { name: "online.tag", entries: count, bitsPerEntry: tagBits, readsPerPrediction: count },
      // a weight and the penalty it has had; 51 more fields hold the bias and what the learner counts
      {
        name: "online.weight",
        entries: count,
        bitsPerEntry: 2 * weightBits * features + 51,
        readsPerPrediction: Math.min(1, count),
      },
      {
        name: "online.local-history",
        entries: count,
        bitsPerEntry: localPositions,
        readsPerPrediction: Math.min(1, count),
      },
      { name: "online.global-history", entries: 1, bitsPerEntry: globalPositions, readsPerPrediction: 0 },
    ],
    predict: (pc, pcHigh, decoded) => {
      baseSaid = base.predict(pc, pcHigh, decoded)
      tag = tagOf(pc, pcHigh)
      owner = learnerOfTag[tag]
      if (owner < 0) return baseSaid
      rows.set(global, owner * rowWords)
      score = learners[owner].score(rows, owner * rowWords)
      return confidence[owner] >= gate.threshold ? (score >= 0 ? 1 : 0) : baseSaid
    },
    train: (pc, pcHigh, taken) => {
      base.train(pc, pcHigh, taken)
      if (owner < 0) {
        if (baseSaid !== taken && count > 0) claim()
        return
      }
      const said = score >= 0 ? 1 : 0
      if (said !== baseSaid) confidence[owner] = gateAfter(gate, confidence[owner], said === taken ? 1 : 0)
      if (baseSaid !== taken) claims[owner] = Math.min(mostClaim, claims[owner] + 1)
      learners[owner].learn(rows, owner * rowWords, score, taken)
      learned++
    },
    track: (pc, pcHigh, target, targetHigh, flags) => {
      base.track(pc, pcHigh, target, targetHigh, flags)
      if ((flags & CONDITIONAL) === 0) return
      const taken = (flags & TAKEN) >> 4
      pushOutcome(global, 0, globalWords, taken)
      globalWrites++
      const k = learnerOfTag[tagOf(pc, pcHigh)]
      if (k < 0 || localWords === 0) return
      pushOutcome(rows, k * rowWords + globalWords, localWords, taken)
      localWrites++
    },
    writes: () => [...base.writes(), 0, learned, localWrites, globalWrites],
  }
}
