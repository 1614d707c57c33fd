/**
 * Fits sparse models of one branch along a falling L1 penalty, each debiased (fitted again without the penalty on the
 * features that it kept), quantised, and held against the base predictor on the last examples, which no fit has seen.
 *
 * Everything here (features, solver, validation split, criterion) is a design of this package: the paper (arXiv
 * 2207.14033) says only that sparse modelling finds the correlations.
 */
import { bitColumns } from "./bit-columns.ts"
import type { BranchExamples } from "./branch-examples.ts"
import { screenOutcomes, screenPairs } from "./feature-screening.ts"
import { confidenceGrades } from "./graded-predictor.ts"
import { type Design, L1Logistic } from "./l1-logistic.ts"
import { quantised, type WeightWidths } from "./quantise.ts"
import { BOTH, type Feature, featureAt, OUTCOME, scoreOf, type SparseModel } from "./sparse-model.ts"

/** Whether a model may weigh what the base predictor says, or has the history alone. */
export type BaseUse = "with-base" | "history-alone"

export interface FitPlan {
  readonly base: BaseUse
  /** Share of the examples, the earliest, that models are fitted to; the rest validates. */
  readonly fitShare: number
  /** Examples, spread over the fitted ones, that weights are fitted to at most. */
  readonly fittedExamples: number
  /** Examples that pairs are screened on at most. */
  readonly screenedExamples: number
  /** Outcomes that screening keeps, twice: once for the base's errors, once for what a first model leaves. */
  readonly outcomes: number
  /** Exclusive ors that screening keeps, twice; 0 for a linear model. */
  readonly pairs: number
  /** Pairs are of positions below this: screening costs its square. */
  readonly pairPositions: number
  /** Standard deviations out of chance that a pair must have. */
  readonly pairDeviations: number
  /** Conjunctions are tried of so many of the strongest outcomes, each with each. */
  readonly conjunctionsOf: number
  /** Penalties tried, each `penaltyStep` times the one before, from the largest that leaves a term. */
  readonly penalties: number
  readonly penaltyStep: number
  /** The path ends behind the first model with more terms. */
  readonly mostTerms: number
  /** Keeps the weights of a separable branch finite while debiasing. */
  readonly ridge: number
  readonly widths: WeightWidths
}

/** A model against the base predictor on the same examples. */
export interface Validation {
  readonly examples: number
  readonly baseMisses: number
  readonly misses: number
  /** Examples where the two differ and the model is right. */
  readonly wins: number
  readonly losses: number
}

export interface PathPoint {
  readonly lambda: number
  /** Features with a weight before quantisation. */
  readonly nonzero: number
  readonly model: SparseModel
  readonly validation: Validation
}

export interface BranchFit {
  readonly examples: BranchExamples
  readonly path: readonly PathPoint[]
}

/** At most `most` of the numbers [from, to), evenly spread. */
const spread = (from: number, to: number, most: number): Int32Array => {
  const count = Math.min(most, to - from)
  return Int32Array.from({ length: count }, (_, i) => from + Math.floor((i * (to - from)) / count))
}

/** Rows of the design for what is never penalised: the bias, then the base predictor by grade. */
const freeFeatures = 1 + confidenceGrades

const designOf = (
  { rows, rowWords, answers }: BranchExamples,
  numbers: Int32Array,
  features: readonly Feature[],
  base: BaseUse,
): Design => {
  const examples = numbers.length
  const values = new Int8Array((freeFeatures + features.length) * examples)
  const outcomes = new Uint8Array(examples)
  for (let i = 0; i < examples; i++) {
    const answer = answers[numbers[i]]
    outcomes[i] = answer & 1
    values[i] = 1
    if (base === "with-base") values[(1 + (answer >> 2)) * examples + i] = (answer & 2) - 1
  }
  for (const [f, feature] of features.entries()) {
    const at = (freeFeatures + f) * examples
    for (let i = 0; i < examples; i++)
      values[at + i] = 2 * featureAt(rows, numbers[i] * rowWords, feature) - 1
  }
  const penalised = new Uint8Array(freeFeatures + features.length).fill(1, freeFeatures)
  return { examples, features: freeFeatures + features.length, values, penalised, outcomes }
}

const sameFeature = (a: Feature, b: Feature): boolean =>
  a.kind === b.kind && a.first === b.first && a.second === b.second

const union = (...sets: readonly (readonly Feature[])[]): readonly Feature[] => {
  const all: Feature[] = []
  for (const set of sets) for (const f of set) if (!all.some((g) => sameFeature(f, g))) all.push(f)
  return all
}

/** Every conjunction of two of the given outcomes. */
const conjunctions = (outcomes: readonly Feature[]): readonly Feature[] =>
  outcomes.flatMap((a, i) =>
    outcomes.slice(i + 1).map((b) => ({
      kind: BOTH,
      first: Math.min(a.first, b.first),
      second: Math.max(a.first, b.first),
    })),
  )

/** Features worth fitting: screened on what the base leaves, then on what a first fit leaves. */
const candidates = (examples: BranchExamples, numbers: Int32Array, plan: FitPlan): readonly Feature[] => {
  const screened = spread(0, numbers.length, plan.screenedExamples)
  const some = screened.map((i) => numbers[i])
  const columns = bitColumns(examples, some)
  const screen = (residuals: Float64Array): readonly Feature[] => {
    const pairs =
      plan.pairs === 0
        ? []
        : screenPairs(
            { ...columns, positions: Math.min(columns.positions, plan.pairPositions) },
            residuals,
            plan.pairs,
            plan.pairDeviations,
          )
    return union(screenOutcomes(columns, residuals, plan.outcomes), pairs)
  }
  const first = new L1Logistic(designOf(examples, some, [], plan.base))
  first.fit({ lambda: Infinity, ridge: 0 })
  const found = screen(first.residuals)
  const strongest = found.filter(({ kind }) => kind === OUTCOME).slice(0, plan.conjunctionsOf)
  const pool = union(found, conjunctions(strongest))
  const second = new L1Logistic(designOf(examples, some, pool, plan.base))
  second.fit({ lambda: second.largestLambda() * 0.2, ridge: 0 })
  return union(pool, screen(second.residuals))
}

/** The model against the base on examples [from, to). */
export const validate = (
  { rows, rowWords, answers }: BranchExamples,
  model: SparseModel,
  from: number,
  to: number,
): Validation => {
  let baseMisses = 0
  let wins = 0
  let losses = 0
  for (let i = from; i < to; i++) {
    const answer = answers[i]
    const taken = answer & 1
    const base = (answer >> 1) & 1
    const said = scoreOf(model, rows, i * rowWords, answer) >= 0 ? 1 : 0
    baseMisses += base ^ taken
    if (said === base) continue
    if (said === taken) wins++
    else losses++
  }
  return { examples: to - from, baseMisses, misses: baseMisses - wins + losses, wins, losses }
}

/** Fits the features without an L1 penalty, and quantises. */
export const debiased = (
  examples: BranchExamples,
  numbers: Int32Array,
  features: readonly Feature[],
  plan: FitPlan,
): SparseModel => {
  const fit = new L1Logistic(designOf(examples, numbers, features, plan.base))
  fit.fit({ lambda: 0, ridge: plan.ridge })
  return quantised(
    {
      terms: features.map((feature, f) => ({ ...feature, weight: fit.weights[freeFeatures + f] })),
      bias: fit.weights[0],
      baseWeights: [...fit.weights.subarray(1, freeFeatures)],
    },
    plan.widths,
  )
}

export const fitBranch = (examples: BranchExamples, plan: FitPlan): BranchFit => {
  const fitted = Math.floor(examples.length * plan.fitShare)
  const numbers = spread(0, fitted, plan.fittedExamples)
  const pool = candidates(examples, numbers, plan)
  const fit = new L1Logistic(designOf(examples, numbers, pool, plan.base))
  const largest = fit.largestLambda()
  const path: PathPoint[] = []
  for (let step = 1; step <= plan.penalties; step++) {
    const lambda = largest * plan.penaltyStep ** step
    fit.fit({ lambda, ridge: 0 })
    const kept = pool.filter((_, f) => fit.weights[freeFeatures + f] !== 0)
    if (kept.length > plan.mostTerms) break
    const model = debiased(examples, numbers, kept, plan)
    path.push({
      lambda,
      nonzero: kept.length,
      model,
      validation: validate(examples, model, fitted, examples.length),
    })
  }
  return { examples, path }
}
