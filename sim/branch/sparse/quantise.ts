/** Weights as small integers. Only the sign of a model's sum counts, so the scale is free and need not be stored. */
import type { SparseModel } from "./sparse-model.ts"

/** Bits of the signed fields; a field of b bits holds -(2^(b-1) - 1) to 2^(b-1) - 1. */
export interface WeightWidths {
  readonly term: number
  readonly bias: number
  readonly base: number
}

const largest = (bits: number): number => 2 ** (bits - 1) - 1

/** The finest scale at which the greatest term fits its field; a bias or a base weight too large for its own saturates. */
export const quantised = (model: SparseModel, widths: WeightWidths): SparseModel => {
  const greatest = Math.max(...model.terms.map(({ weight }) => Math.abs(weight)), 0)
  const scale = greatest === 0 ? 1 : largest(widths.term) / greatest
  const rounded = (weight: number, bits: number): number =>
    Math.max(-largest(bits), Math.min(largest(bits), Math.round(weight * scale))) + 0
  return {
    terms: model.terms
      .map((term) => ({ ...term, weight: rounded(term.weight, widths.term) }))
      .filter(({ weight }) => weight !== 0),
    bias: rounded(model.bias, widths.bias),
    baseWeights: model.baseWeights.map((weight) => rounded(weight, widths.base)),
  }
}
