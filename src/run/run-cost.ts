/** What a run costs without its trace, from the counts of its parts. */
import type { EnergyTable } from "../../arch/energy-table.ts"
import type { Machine } from "../../arch/machine.ts"
import type { ActionEnergy } from "../../arch/resolve-energy.ts"
import { energyOf } from "./energy-of.ts"
import type { RunCost } from "./machine-run.ts"

export interface CostedRun {
  readonly machine: Machine
  readonly cycles: number
  /** Hz of those cycles. */
  readonly clock: number
  /** Counts by "component/action" of every stage. */
  readonly counts: readonly Readonly<Record<string, number>>[]
  /** Prices of the machine's actions by a table. @throws ConfigError where it lacks one */
  readonly actions: (table: EnergyTable) => readonly ActionEnergy[]
}

export const runCost = ({ machine, cycles, clock, counts, actions }: CostedRun): RunCost => {
  const seconds = cycles / clock
  return {
    cycles,
    seconds,
    picojoules: (table) => energyOf(counts, actions(table), machine.energy.staticPower.value * seconds),
  }
}

/** A run's cost on other machines of its kind; what is the same on all of them is worked out when first asked for. */
export const costOnOthers = (
  prepare: () => (machine: Machine) => RunCost,
): ((machine: Machine) => RunCost) => {
  let cost: ((machine: Machine) => RunCost) | undefined
  return (machine) => {
    cost ??= prepare()
    return cost(machine)
  }
}
