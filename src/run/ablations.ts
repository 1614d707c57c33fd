/** What each feature of a machine buys: the run again with that feature off. */
import { planCycles, planRun } from "../../sim/sat/plan.ts"
import { arrayModel } from "../../sim/sat/stage-cost.ts"
import { type Ablation, ablations } from "./run-spec.ts"
import { mapRun, modelOptions, type RunInput } from "./simulate.ts"

export interface AblationResult {
  readonly feature: Ablation
  /** Cycles of the run without it. */
  readonly cycles: number
  /** Time without it ÷ time with it: what the feature buys. */
  readonly buys: number
}

const cyclesOf = (input: RunInput): number =>
  planCycles(planRun(mapRun(input), arrayModel(input.machine, modelOptions(input.spec)), input.spec.schedule))

/** Every feature switched off alone, and all of them together, on top of what the run already does without. */
export const ablationTable = (
  input: RunInput,
): { readonly cycles: number; readonly each: readonly AblationResult[]; readonly all: number } => {
  const cycles = cyclesOf(input)
  const without = (features: readonly Ablation[]): number =>
    cyclesOf({ ...input, spec: { ...input.spec, ablate: [...new Set([...input.spec.ablate, ...features])] } })
  return {
    cycles,
    each: ablations.map((feature) => {
      const slower = without([feature])
      return { feature, cycles: slower, buys: slower / cycles }
    }),
    all: without(ablations) / cycles,
  }
}
