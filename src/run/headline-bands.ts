/** Uncertainty bands of a run's headline numbers, from the ranges of the machine's unknown numbers. */
import type { Machine } from "../../arch/machine.ts"
import type { MachineRun, RunCost } from "./machine-run.ts"
import type { RunInput } from "./run-input.ts"
import { runOn } from "./run-on.ts"
import { type Band, uncertaintyBand } from "./uncertainty.ts"

/** @throws RangeError for a run that only its trace can cost */
const costing = ({ costOn }: MachineRun): ((machine: Machine) => RunCost) => {
  if (costOn === undefined) throw new RangeError("a run without a closed form has no band")
  return costOn
}

/** Band of the run's time, in seconds. */
export const timeBand = (input: RunInput): Band => {
  const cost = costing(runOn(input))
  return uncertaintyBand(input.machine, (machine) => cost(machine).seconds)
}

/** Band of the speed-up over the dense twin. @throws RangeError for a run that prunes nothing */
export const speedupBand = (input: RunInput): Band => {
  const run = runOn(input)
  if (run.denseTwin === undefined) throw new RangeError("a run that prunes nothing has no speed-up")
  const sparse = costing(run)
  const dense = costing(runOn(run.denseTwin))
  return uncertaintyBand(input.machine, (machine) => dense(machine).seconds / sparse(machine).seconds)
}

/** What a band rests on, in words. */
export const bandAbout = ({ sensitivities: { length } }: Band): string =>
  length === 0
    ? "no unknown number moves it"
    : `${length} unknown number${length === 1 ? "" : "s"} moved over ${length === 1 ? "its range" : "their ranges, one at a time"}`
