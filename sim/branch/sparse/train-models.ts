/**
 * From a stretch of a trace to the models that fill 2 KB: profile, examples, fits, choice. The plan's numbers are assumed:
 * chosen for cost and caution, the same for every trace. Both windows are as long as the paper's online mode has them
 * (arXiv 2207.14033). Examples for screening, and the length of the local window, were looked at on the traces at hand.
 */
import { type BranchModel, branchModel } from "./analyse-branches.ts"
import type { BranchBlock } from "../branch-block.ts"
import { type CollectionPlan, ExampleCollector } from "./branch-examples.ts"
import { BranchProfile, type ProfiledBranch } from "./branch-profile.ts"
import { type Chosen, chooseModels, type Criterion } from "./choose-models.ts"
import type { ConfidenceGate } from "./confidence-gate.ts"
import { type BranchFit, debiased, fitBranch, type FitPlan } from "./fit-branch.ts"
import type { GradedPredictor } from "./graded-predictor.ts"
import type { SparseImage } from "./model-encoding.ts"
import { mostTerms, tagOf, weightWidths } from "./model-layout.ts"

export interface TrainingPlan {
  /** Branches with most misses that are fitted at most, and what share of all misses each must have. */
  readonly candidates: number
  readonly leastMissShare: number
  /** Executions below which a branch is not worth a validation. */
  readonly leastExecutions: number
  readonly collection: CollectionPlan
  readonly fit: FitPlan
  readonly criterion: Criterion
}

export const defaultTraining: TrainingPlan = {
  candidates: 64,
  leastMissShare: 0.005,
  leastExecutions: 512,
  collection: { localPositions: 512, examplesEach: 16_384, bytes: 128 * 2 ** 20 },
  fit: {
    base: "with-base",
    fitShare: 0.75,
    fittedExamples: 6144,
    screenedExamples: 4096,
    outcomes: 48,
    pairs: 8,
    pairPositions: 576,
    pairDeviations: 6,
    conjunctionsOf: 8,
    penalties: 10,
    penaltyStep: 0.6,
    mostTerms: Math.min(50, mostTerms),
    ridge: 1e-3,
    widths: weightWidths,
  },
  criterion: { deviations: 2.5, leastShare: 0.05 },
}

/**
 * Untrusted at first; sixteen more wins than losses earn the say, and as many losses more than wins lose it from the top.
 * Assumed. Steps are equal, so a model that wins more than it loses is used in the end.
 */
export const defaultGate: ConfidenceGate = { most: 32, start: 0, threshold: 16, up: 1, down: 1 }

export const candidatesOf = (
  profile: BranchProfile,
  { candidates, leastMissShare, leastExecutions }: TrainingPlan,
): readonly ProfiledBranch[] =>
  profile
    .worst(candidates)
    .filter(
      ({ misses, executions }) => misses >= leastMissShare * profile.misses && executions >= leastExecutions,
    )

const imageOf = (chosen: readonly Chosen[], plan: TrainingPlan): SparseImage => ({
  localWords: plan.collection.localPositions / 32,
  entries: chosen.map(({ fit, point }) => {
    const { pc, pcHigh } = fit.examples.branch
    return { tag: tagOf(pc, pcHigh), model: point.model }
  }),
})

/** A chosen model's terms fitted once more, to all examples: those that validated it are the latest. */
const refitted = ({ fit, point }: Chosen, plan: FitPlan): Chosen => {
  const all = Int32Array.from({ length: fit.examples.length }, (_, i) => i)
  return { fit, point: { ...point, model: debiased(fit.examples, all, point.model.terms, plan) } }
}

/** The models worth their bits, and their memory; there they are fitted once more, to all examples. */
export const installedModels = (
  fits: readonly BranchFit[],
  plan: TrainingPlan,
): { readonly models: readonly BranchModel[]; readonly image: SparseImage } => {
  const chosen = chooseModels(fits, plan.collection.localPositions / 32, plan.criterion).map((one) =>
    refitted(one, plan.fit),
  )
  return { models: chosen.map(({ fit, point }) => branchModel(fit, point)), image: imageOf(chosen, plan) }
}

export interface TrainedModels {
  readonly fits: readonly BranchFit[]
  readonly image: SparseImage
}

/**
 * Two passes over the stretch, each with a base predictor of its own from its start.
 * @param blocks called twice, the same records both times
 */
export const trainModels = (
  newBase: () => GradedPredictor,
  blocks: () => Iterable<BranchBlock>,
  plan: TrainingPlan,
): TrainedModels => {
  const profile = new BranchProfile(newBase())
  for (const block of blocks()) profile.consume(block)
  const collector = new ExampleCollector(newBase(), candidatesOf(profile, plan), plan.collection)
  for (const block of blocks()) collector.consume(block)
  const fits = collector.finish().map((examples) => fitBranch(examples, plan.fit))
  return { fits, image: installedModels(fits, plan).image }
}
