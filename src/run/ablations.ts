/** What each feature of a machine buys: the run again with that feature off. */
import { planCycles, planRun } from "../../sim/sat/plan.ts"
import { arrayModel } from "../../sim/sat/stage-cost.ts"
import { type Ablation, ablations } from "./run-spec.ts"
import type { AblationTable } from "./machine-run.ts"
import { mapRun, modelOptions } from "./map-run.ts"
import type { ArrayRunInput } from "./run-input.ts"

const cyclesOf = (input: ArrayRunInput): number =>
  planCycles(planRun(mapRun(input), arrayModel(input.machine, modelOptions(input.spec)), input.spec.schedule))

/** Every feature switched off alone, and all of them together, on top of what the run already does without. */
export const ablationTable = (input: ArrayRunInput): AblationTable => {
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
