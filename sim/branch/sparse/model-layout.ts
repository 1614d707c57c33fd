/**
 * How sparse models lie in a memory of 2 KB: slots of 16 bits, so that a term is one slot and a pair of positions two.
 *
 *   slot 0      models (8 bits), words of 32 outcomes in a local history (5), zero (3)
 *   directory   per model five slots: tag 16, first slot of its terms 10, terms 6, bias 10, base weights 4 x 7,
 *               confidence 6, has a local history 1, zero 3
 *   terms       per term: position 10, weight 5, is a pair 1; a pair has a second slot: position 10, kind 1, zero 5
 *   histories   a local history for every model that has one; all zero in an image
 *
 * Signed fields are in two's complement, and bits of a field run from the least significant. The memory holds everything
 * that a model adds to a predictor but the window of global history: confidence counters and local histories are inside
 * the budget. The 2 KB are the paper's (arXiv 2207.14033); how it fills them is not known, and this layout is a design of
 * this package.
 */
import { globalPositions } from "./history-window.ts"
import { OUTCOME, type SparseModel } from "./sparse-model.ts"
import type { WeightWidths } from "./quantise.ts"

/** Bits of extra storage. Source: arXiv 2207.14033, abstract: 2 KB. */
export const budgetBits = 16_384
export const slotBits = 16
export const budgetSlots = budgetBits / slotBits
export const directorySlots = 5
export const tagBits = 16
export const confidenceBits = 6

export const weightWidths: WeightWidths = { term: 5, bias: 10, base: 7 }

/** Of one model: the field is six bits wide. */
export const mostTerms = 63

/** A model at home: the branch it is for is known by its tag only. */
export interface SparseEntry {
  readonly tag: number
  readonly model: SparseModel
}

/** The branch's address folded to 16 bits. Branches that share a tag share a model. */
export const tagOf = (pc: number, pcHigh: number): number => {
  const folded = pc ^ pcHigh
  return (folded ^ (folded >>> 16)) & 0xffff
}

export const hasLocal = ({ terms }: SparseModel): boolean =>
  terms.some(({ first, second }) => first >= globalPositions || second >= globalPositions)

export const termSlots = ({ terms }: SparseModel): number =>
  terms.reduce((sum, { kind }) => sum + (kind === OUTCOME ? 1 : 2), 0)

/** Slots that a model takes, its local history included. */
export const slotsOf = (model: SparseModel, localWords: number): number =>
  directorySlots + termSlots(model) + (hasLocal(model) ? 2 * localWords : 0)
