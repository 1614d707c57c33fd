/** Uncertainty bands of a run's headline numbers, from the ranges of the machine's unknown numbers. */
import { energyTableNumbers, withTableNumber } from "../../arch/energy-table-numbers.ts"
import { type Machine, machineNumbers } from "../../arch/machine.ts"
import type { MachineRun, RunCost } from "./machine-run.ts"
import { energyTableOf, type RunInput } from "./run-input.ts"
import { runOn } from "./run-on.ts"
import {
  type Band,
  bandOf,
  rangedNumbers,
  type Sensitivity,
  sensitivityTo,
  uncertaintyBand,
  withNumber,
} from "./uncertainty.ts"

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

/** Bands of what a run prints first: its speed-up over the dense twin, or its time where it prunes nothing, and its energy. */
export interface HeadlineBands {
  readonly headline: Band
  /** Picojoules, over the ranges of the machine's and of the energy table's numbers. */
  readonly energy: Band
}

/** @throws RangeError for a run that only its trace can cost; ConfigError where the energy table lacks a price */
export const headlineBands = (input: RunInput): HeadlineBands => {
  const { machine } = input
  const run = runOn(input)
  const cost = costing(run)
  const dense = run.denseTwin === undefined ? undefined : costing(runOn(run.denseTwin))
  const table = energyTableOf(input)
  const headlineOf = (on: Machine, { seconds }: RunCost): number =>
    dense === undefined ? seconds : dense(on).seconds / seconds
  const here = cost(machine)
  const headline = headlineOf(machine, here)
  const energy = here.picojoules(table)
  const moved = rangedNumbers(machineNumbers(machine)).map((number) => {
    const [low, high] = number.range.map((x) => {
      if (x === number.value) return { headline, energy }
      const other = withNumber(machine, number.path, x)
      const there = cost(other)
      return { headline: headlineOf(other, there), energy: there.picojoules(table) }
    })
    const of = (what: "headline" | "energy"): Sensitivity => ({
      path: number.path,
      low: number.range[0],
      high: number.range[1],
      atLow: low[what],
      atHigh: high[what],
    })
    return { headline: of("headline"), energy: of("energy") }
  })
  const prices = rangedNumbers(energyTableNumbers(table)).map((number) =>
    sensitivityTo(number, energy, (x) => here.picojoules(withTableNumber(table, number.path, x))),
  )
  return {
    headline: bandOf(
      headline,
      moved.map((move) => move.headline),
    ),
    energy: bandOf(energy, [...moved.map((move) => move.energy), ...prices]),
  }
}

/** What a band rests on, in words. */
export const bandAbout = ({ sensitivities: { length } }: Band): string =>
  length === 0
    ? "no unknown number moves it"
    : `${length} unknown number${length === 1 ? "" : "s"} moved over ${length === 1 ? "its range" : "their ranges, one at a time"}`
