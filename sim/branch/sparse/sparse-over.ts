/**
 * Sparse models on top of a base predictor. The base runs as if alone; a branch whose tag has a model takes the model's
 * direction once the model's counter has earned it.
 */
import { CONDITIONAL, TAKEN } from "../branch-block.ts"
import type { BranchPredictor, PredictorTable } from "../predictor.ts"
import { type ConfidenceGate, gateAfter } from "./confidence-gate.ts"
import type { GradedPredictor } from "./graded-predictor.ts"
import { globalPositions, globalWords, pushOutcome } from "./history-window.ts"
import { type SparseImage, unusedSlots } from "./model-encoding.ts"
import {
  confidenceBits,
  directorySlots,
  hasLocal,
  slotBits,
  tagBits,
  tagOf,
  termSlots,
} from "./model-layout.ts"
import { DIFFER, OUTCOME } from "./sparse-model.ts"

/** Models as columns. Entry e has terms [starts[e], starts[e + 1]). */
const flatten = ({ entries, localWords }: SparseImage) => {
  const terms = entries.flatMap(({ model }, e) => model.terms.map((term) => ({ ...term, e })))
  /** Where a position of entry e stands in the outcomes: global words, then the words of every entry. */
  const bitOf = (position: number, e: number): number =>
    position < globalPositions ? position : position + 32 * localWords * e
  const starts = new Int32Array(entries.length + 1)
  for (const [e, { model }] of entries.entries()) starts[e + 1] = starts[e] + model.terms.length
  const entryOfTag = new Int16Array(2 ** tagBits).fill(-1)
  for (const [e, { tag }] of entries.entries()) entryOfTag[tag] = e
  return {
    starts,
    entryOfTag,
    kinds: Uint8Array.from(terms, ({ kind }) => kind),
    firsts: Int32Array.from(terms, ({ first, e }) => bitOf(first, e)),
    seconds: Int32Array.from(terms, ({ second, e }) => bitOf(second, e)),
    weights: Int32Array.from(terms, ({ weight }) => weight),
    biases: Int32Array.from(entries, ({ model }) => model.bias),
    baseWeights: Int32Array.from(entries.flatMap(({ model }) => model.baseWeights)),
    local: Uint8Array.from(entries, ({ model }) => (hasLocal(model) ? 1 : 0)),
  }
}

/** The arrays of the 2 KB, which add up to them exactly, and the global history beside them. */
const tablesOf = (image: SparseImage): readonly PredictorTable[] => {
  const { entries, localWords } = image
  const slots = entries.map(({ model }) => termSlots(model))
  const locals = entries.filter(({ model }) => hasLocal(model)).length
  const table = (name: string, count: number, bitsPerEntry: number, reads: number): PredictorTable => ({
    name,
    entries: count,
    bitsPerEntry,
    readsPerPrediction: reads,
  })
  return [
    table("sparse.head", 1, slotBits, 0),
    // every tag is compared
    table("sparse.tag", entries.length, tagBits, entries.length),
    table("sparse.entry", entries.length, directorySlots * slotBits - tagBits, Math.min(1, entries.length)),
    // the longest model's: an upper bound, since most branches have none
    table(
      "sparse.term",
      slots.reduce((sum, n) => sum + n, 0),
      slotBits,
      Math.max(0, ...slots),
    ),
    table("sparse.local-history", locals, 32 * localWords, Math.min(1, locals)),
    table("sparse.unused", unusedSlots(image), slotBits, 0),
    table("sparse.global-history", 1, globalPositions, 0),
  ]
}

export interface SparsePredictor extends BranchPredictor {
  /** The models are heard, and earn confidence, from here on: until then only histories are kept. */
  install(): void
}

/** @param image models as `decodeModels` gives them, @param gate its counter fits the field of `confidenceBits` */
export const sparseOver = (
  base: GradedPredictor,
  image: SparseImage,
  gate: ConfidenceGate,
): SparsePredictor => {
  if (gate.most >= 2 ** confidenceBits)
    throw new RangeError(`A counter up to ${gate.most} needs more than ${confidenceBits} bits`)
  const { starts, entryOfTag, kinds, firsts, seconds, weights, biases, baseWeights, local } = flatten(image)
  const { localWords } = image
  const outcomes = new Int32Array(globalWords + localWords * image.entries.length)
  const confidence = new Uint8Array(image.entries.length).fill(gate.start)
  let installed = false
  let entry = -1
  let baseSaid = 0
  let modelSaid = 0
  let confidenceWrites = 0
  let localWrites = 0
  let globalWrites = 0
  const at = (bit: number): number => (outcomes[bit >> 5] >>> (bit & 31)) & 1

  const directionOf = (e: number): number => {
    const ofBase = baseWeights[4 * e + base.grade()]
    let sum = biases[e] + (baseSaid === 1 ? ofBase : -ofBase)
    for (let t = starts[e]; t < starts[e + 1]; t++) {
      let holds = at(firsts[t])
      if (kinds[t] !== OUTCOME) holds = kinds[t] === DIFFER ? holds ^ at(seconds[t]) : holds & at(seconds[t])
      sum += holds === 1 ? weights[t] : -weights[t]
    }
    return sum >= 0 ? 1 : 0
  }

  return {
    tables: [...base.tables, ...tablesOf(image)],
    predict: (pc, pcHigh, decoded) => {
      baseSaid = base.predict(pc, pcHigh, decoded)
      entry = installed ? entryOfTag[tagOf(pc, pcHigh)] : -1
      if (entry < 0) return baseSaid
      modelSaid = directionOf(entry)
      return confidence[entry] >= gate.threshold ? modelSaid : baseSaid
    },
    train: (pc, pcHigh, taken) => {
      base.train(pc, pcHigh, taken)
      if (entry < 0 || modelSaid === baseSaid) return
      confidence[entry] = gateAfter(gate, confidence[entry], modelSaid === taken ? 1 : 0)
      confidenceWrites++
    },
    track: (pc, pcHigh, target, targetHigh, flags) => {
      base.track(pc, pcHigh, target, targetHigh, flags)
      if ((flags & CONDITIONAL) === 0) return
      const taken = (flags & TAKEN) >> 4
      pushOutcome(outcomes, 0, globalWords, taken)
      globalWrites++
      const e = entryOfTag[tagOf(pc, pcHigh)]
      if (e < 0 || local[e] === 0) return
      pushOutcome(outcomes, globalWords + e * localWords, localWords, taken)
      localWrites++
    },
    install: () => {
      installed = true
    },
    writes: () => [...base.writes(), 0, 0, confidenceWrites, 0, localWrites, 0, globalWrites],
  }
}
