/**
 * A sparse linear model of one branch: taken iff a weighted sum of a few outcomes of the past, each counted as +1 or -1,
 * is not negative. Terms that a linear model has no other way to express are the exclusive or, or the conjunction, of two
 * outcomes; the base predictor's own direction counts with a weight for each grade of its confidence.
 *
 * All of this beyond "a sparse model of history bits" is a design of this package: the paper's (arXiv 2207.14033) features
 * and entries are not known.
 */
import { confidenceGrades } from "./graded-predictor.ts"
import { outcomeAt } from "./history-window.ts"

/** What a term looks at: one outcome, or two that differ, or two that were both taken. */
export const OUTCOME = 0
export const DIFFER = 1
export const BOTH = 2
export type TermKind = typeof OUTCOME | typeof DIFFER | typeof BOTH

/** Something of the past that is true or false: counted as +1 or -1. */
export interface Feature {
  readonly kind: TermKind
  /** Position in the row: 0 to 511 the global history, from 512 on the branch's own. */
  readonly first: number
  /** The other position of a pair, larger than `first`; 0 for a single outcome. */
  readonly second: number
}

export interface Term extends Feature {
  readonly weight: number
}

export interface SparseModel {
  readonly terms: readonly Term[]
  readonly bias: number
  /** Weight of the base predictor's direction, by its grade. */
  readonly baseWeights: readonly number[]
}

/** 1 where the feature holds in the row at word `at`, else 0. */
export const featureAt = (rows: Int32Array, at: number, { kind, first, second }: Feature): number => {
  const one = outcomeAt(rows, at, first)
  if (kind === OUTCOME) return one
  const other = outcomeAt(rows, at, second)
  return kind === DIFFER ? one ^ other : one & other
}

/** The model's sum for a row and an answer of the base predictor (bits as in `BranchExamples.answers`). */
export const scoreOf = (model: SparseModel, rows: Int32Array, at: number, answer: number): number => {
  let sum = model.bias
  for (const term of model.terms) sum += featureAt(rows, at, term) === 1 ? term.weight : -term.weight
  const weight = model.baseWeights[(answer >> 2) % confidenceGrades]
  return sum + ((answer & 2) !== 0 ? weight : -weight)
}
