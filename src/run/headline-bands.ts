/** Uncertainty bands of a run's headline numbers, from the ranges of the machine's unknown numbers. */
import type { ArrayMachine } from "../../arch/machine.ts"
import { planCycles, planRun } from "../../sim/sat/plan.ts"
import { arrayModel } from "../../sim/sat/stage-cost.ts"
import { denseTwin, mapRun, modelOptions, type RunInput } from "./simulate.ts"
import { type Band, uncertaintyBand } from "./uncertainty.ts"

const secondsOf = (input: RunInput): ((machine: ArrayMachine) => number) => {
  const work = mapRun(input)
  return (machine) =>
    planCycles(planRun(work, arrayModel(machine, modelOptions(input.spec)), input.spec.schedule)) /
    machine.clock.value
}

/** Band of the run's time, in seconds. */
export const timeBand = (input: RunInput): Band => uncertaintyBand(input.machine, secondsOf(input))

/** Band of the speed-up over the dense twin. */
export const speedupBand = (input: RunInput): Band => {
  const sparse = secondsOf(input)
  const dense = secondsOf(denseTwin(input))
  return uncertaintyBand(input.machine, (machine) => dense(machine) / sparse(machine))
}

/** What a band rests on, in words. */
export const bandAbout = ({ sensitivities: { length } }: Band): string =>
  length === 0
    ? "no unknown number moves it"
    : `${length} unknown number${length === 1 ? "" : "s"} moved over ${length === 1 ? "its range" : "their ranges, one at a time"}`
