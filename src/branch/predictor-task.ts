/** What a thread does with a stream of blocks: plain data in, plain data out. */
import type { BranchBlock } from "../../sim/branch/branch-block.ts"
import type { BranchMeasurement } from "../../sim/branch/measure/measure.ts"
import type { PredictorSizes } from "../../sim/branch/predictor-of.ts"
import {
  analyseBranch,
  type BranchAnalysis,
  type BranchModel,
  type SparsityCriterion,
} from "../../sim/branch/sparse/analyse-branches.ts"
import { ExampleCollector } from "../../sim/branch/sparse/branch-examples.ts"
import { BranchProfile, type ProfiledBranch } from "../../sim/branch/sparse/branch-profile.ts"
import { fitBranch } from "../../sim/branch/sparse/fit-branch.ts"
import { gradedPredictorOf } from "../../sim/branch/sparse/graded-predictor-of.ts"
import type { SparseImage } from "../../sim/branch/sparse/model-encoding.ts"
import { candidatesOf, installedModels, type TrainingPlan } from "../../sim/branch/sparse/train-models.ts"
import { type PredictorRequest, requestedMeasurement } from "./requested-predictor.ts"

/** Which branches a predictor misses most. */
export interface ProfileTask {
  readonly kind: "profile"
  readonly sizes: PredictorSizes
  readonly plan: TrainingPlan
}

/** Sparse models of those branches, over the same blocks once more. */
export interface FitTask {
  readonly kind: "fit"
  readonly sizes: PredictorSizes
  readonly plan: TrainingPlan
  readonly candidates: readonly ProfiledBranch[]
  readonly criterion: SparsityCriterion
}

export interface MeasureTask {
  readonly kind: "measure"
  readonly request: PredictorRequest
}

export type PredictorTask = ProfileTask | FitTask | MeasureTask

export interface Profile {
  /** Misses of all branches. */
  readonly misses: number
  readonly candidates: readonly ProfiledBranch[]
}

export interface Fitted {
  readonly image: SparseImage
  /** What is in the image, in its order. */
  readonly models: readonly BranchModel[]
  /** One a candidate, in their order. */
  readonly branches: readonly BranchAnalysis[]
}

export type TaskResult<T extends PredictorTask> = T extends MeasureTask
  ? BranchMeasurement
  : T extends ProfileTask
    ? Profile
    : Fitted

/** A task under way: every block in order, then `finish`, once; `tell` hears how far a long end is. */
export interface RunningTask {
  consume(block: BranchBlock): void
  finish(tell: (what: string) => void): BranchMeasurement | Profile | Fitted
}

const profiling = ({ sizes, plan }: ProfileTask): RunningTask => {
  const profile = new BranchProfile(gradedPredictorOf(sizes))
  return {
    consume: (block) => profile.consume(block),
    finish: () => ({ misses: profile.misses, candidates: candidatesOf(profile, plan) }),
  }
}

const fitting = ({ sizes, plan, candidates, criterion }: FitTask): RunningTask => {
  const collector = new ExampleCollector(gradedPredictorOf(sizes), candidates, plan.collection)
  return {
    consume: (block) => collector.consume(block),
    finish: (tell) => {
      const fits = collector.finish().map((examples, i) => {
        tell(`fitting branch ${i + 1} of ${candidates.length}`)
        return fitBranch(examples, plan.fit)
      })
      return {
        ...installedModels(fits, plan),
        branches: fits.map((fit) => analyseBranch(fit, plan.fit.fitShare, criterion)),
      }
    },
  }
}

/** @throws UnsupportedError where there is no such predictor */
export const startTask = (task: PredictorTask): RunningTask => {
  switch (task.kind) {
    case "measure": {
      const measurement = requestedMeasurement(task.request)
      return { consume: (block) => measurement.consume(block), finish: () => measurement.finish() }
    }
    case "profile":
      return profiling(task)
    case "fit":
      return fitting(task)
  }
}
