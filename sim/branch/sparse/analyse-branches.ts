/**
 * What the fits say of a program's branches: how few outcomes of the past decide each, and which. Meant for fits of the
 * history alone (`BaseUse`), since a model that leans on the base predictor says less about the branch.
 */
import { formatAddress } from "../measure/static-branches.ts"
import { savedMisses } from "./choose-models.ts"
import type { BranchFit, PathPoint, Validation } from "./fit-branch.ts"
import type { Term } from "./sparse-model.ts"

/** When a branch counts as sparse. Of this package: the paper's (arXiv 2207.14033) threshold is not known. */
export interface SparsityCriterion {
  /** Terms at most. */
  readonly mostTerms: number
  /** Of the misses that always guessing the more frequent direction makes on validation, the share left at most. */
  readonly mostMissShare: number
}

/** Assumed. Fifty weights are also where the paper's online mode stops. */
export const defaultSparsity: SparsityCriterion = { mostTerms: 50, mostMissShare: 0.5 }

/** A model of one branch, and what it was fitted to. */
export interface BranchModel {
  readonly address: string
  /** Over the stretch. */
  readonly executions: number
  readonly baseMisses: number
  readonly terms: readonly Term[]
  /**
   * Misses of the base that this model would have saved over the stretch, by validation, which is its end: at most all of
   * them, negative where the base is better.
   */
  readonly saved: number
}

/** `terms` are those of the smallest model with the least misses on validation. */
export interface BranchAnalysis extends BranchModel {
  /** Share of "taken" among the examples. */
  readonly takenShare: number
  /** Misses on validation of always guessing the direction that the fitted examples have more often. */
  readonly directionMisses: number
  /** From few terms to many; `nonzero` counts features before, `terms` after quantisation. */
  readonly path: readonly {
    readonly lambda: number
    readonly nonzero: number
    readonly terms: number
    readonly validation: Validation
  }[]
  /** Number of terms: the branch's own measure of sparsity. */
  readonly nonzero: number
  readonly sparse: boolean
}

export const branchModel = (fit: BranchFit, { model, validation }: PathPoint): BranchModel => {
  const { branch } = fit.examples
  return {
    address: formatAddress(branch.pc, branch.pcHigh),
    executions: branch.executions,
    baseMisses: branch.misses,
    terms: model.terms,
    saved: Math.min(branch.misses, savedMisses(fit.examples, validation)),
  }
}

/** Fewest misses on validation, and of equals the fewest terms. */
const bestOf = (path: readonly PathPoint[]): PathPoint | undefined =>
  path.toSorted(
    (a, b) => a.validation.misses - b.validation.misses || a.model.terms.length - b.model.terms.length,
  )[0]

export const analyseBranch = (
  { examples, path }: BranchFit,
  fitShare: number,
  { mostTerms, mostMissShare }: SparsityCriterion,
): BranchAnalysis => {
  const { branch, answers, length } = examples
  const fitted = Math.floor(length * fitShare)
  const takenIn = (from: number, to: number): number =>
    answers.subarray(from, to).reduce((sum, answer) => sum + (answer & 1), 0)
  const guess = 2 * takenIn(0, fitted) >= fitted ? 1 : 0
  const later = takenIn(fitted, length)
  const directionMisses = guess === 1 ? length - fitted - later : later
  const best = bestOf(path)
  const terms = best?.model.terms ?? []
  return {
    address: formatAddress(branch.pc, branch.pcHigh),
    executions: branch.executions,
    baseMisses: branch.misses,
    takenShare: length === 0 ? 0 : takenIn(0, length) / length,
    directionMisses,
    path: path.map(({ lambda, nonzero, model, validation }) => ({
      lambda,
      nonzero,
      terms: model.terms.length,
      validation,
    })),
    nonzero: terms.length,
    sparse:
      best !== undefined &&
      terms.length > 0 &&
      terms.length <= mostTerms &&
      directionMisses > 0 &&
      best.validation.misses <= mostMissShare * directionMisses,
    terms,
    saved: best === undefined ? 0 : Math.min(branch.misses, savedMisses(examples, best.validation)),
  }
}

/**
 * Misses saved by position of the history: a branch's are shared among the positions of its terms by the magnitude of
 * their weights, a pair's halved between its two. Branches whose model saves nothing add nothing, so the sum is that of
 * all positive `saved` whose model has terms.
 */
export const savedByPosition = (branches: readonly BranchModel[], positions: number): Float64Array => {
  const saved = new Float64Array(positions)
  for (const branch of branches) {
    const total = branch.terms.reduce((sum, { weight }) => sum + Math.abs(weight), 0)
    if (branch.saved <= 0 || total === 0) continue
    for (const { kind, first, second, weight } of branch.terms) {
      const share = (branch.saved * Math.abs(weight)) / total
      if (kind === 0) saved[first] += share
      else {
        saved[first] += share / 2
        saved[second] += share / 2
      }
    }
  }
  return saved
}

/** Number of sparse branches by terms: entry n counts those with n. */
export const branchesByTerms = (branches: readonly BranchAnalysis[], mostTerms: number): Int32Array => {
  const counts = new Int32Array(mostTerms + 1)
  for (const { sparse, nonzero } of branches) if (sparse && nonzero <= mostTerms) counts[nonzero]++
  return counts
}
