/**
 * Sparse models trained on the start of a trace, in passes over the file: which branches the predictor misses, then what
 * came before them. Memory has a bound whatever the trace's length.
 */
import type { BranchBlock } from "../../sim/branch/branch-block.ts"
import type { PredictorSizes } from "../../sim/branch/predictor-of.ts"
import type { SparsityCriterion } from "../../sim/branch/sparse/analyse-branches.ts"
import type { TrainingPlan } from "../../sim/branch/sparse/train-models.ts"
import { untilInstructions } from "../workload/branch-trace/branch-stretch.ts"
import type { BranchSource } from "./branch-run.ts"
import { runTasks } from "./measure-blocks.ts"
import type { Fitted, Profile } from "./predictor-task.ts"

/** Who hears how far long work is. */
export interface PassProgress {
  /** A pass over the trace begins: hears the branches read so far. */
  readonly pass: (what: string) => (branches: number) => void
  readonly tell: (what: string) => void
}

export const silent: PassProgress = { pass: () => () => undefined, tell: () => undefined }

export interface Training {
  /** The stretch: from the trace's start, in instructions. */
  readonly instructions: number
  readonly plan: TrainingPlan
  readonly criterion: SparsityCriterion
  readonly progress: PassProgress
}

export interface Trained extends Fitted {
  readonly profile: Profile
}

/** Tells of the branches that pass by. */
export async function* counted(
  blocks: AsyncIterable<BranchBlock>,
  step: (branches: number) => void,
): AsyncGenerator<BranchBlock> {
  let branches = 0
  for await (const block of blocks) {
    yield block
    branches += block.length
    step(branches)
  }
}

/** Models for each of `predictors`, all in the same two passes. @throws WorkloadError, UnsupportedError */
export const trainOnTrace = async (
  source: BranchSource,
  predictors: readonly PredictorSizes[],
  { instructions, plan, criterion, progress }: Training,
): Promise<readonly Trained[]> => {
  const pass = async (what: string): Promise<AsyncIterable<BranchBlock>> =>
    counted(untilInstructions((await source.reopen()).blocks(), instructions), progress.pass(what))
  const profiles = await runTasks(
    await pass("looking for missed branches"),
    predictors.map((sizes) => ({ kind: "profile" as const, sizes, plan })),
  )
  const fitted = await runTasks(
    await pass("collecting what came before them"),
    predictors.map((sizes, i) => ({
      kind: "fit" as const,
      sizes,
      plan,
      criterion,
      candidates: profiles[i].candidates,
    })),
    progress.tell,
  )
  return fitted.map((one, i) => ({ ...one, profile: profiles[i] }))
}
