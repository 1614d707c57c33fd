/** A run's prices: by its own energy table, and by other built-in ones as far as they go. */
import { builtinEnergyTables } from "../../arch/energy-catalogue.ts"
import type { EnergyComponent } from "../../arch/energy-component.ts"
import type { EnergyTable } from "../../arch/energy-table.ts"
import { type ActionEnergy, pricesAll, resolveEnergy } from "../../arch/resolve-energy.ts"

/** The same actions in the same order by another table; null where it has no price. */
export interface OtherPrices {
  readonly table: EnergyTable
  readonly picojoules: readonly (number | null)[]
}

export interface PricedActions {
  readonly table: EnergyTable
  readonly actions: readonly ActionEnergy[]
  readonly others: readonly OtherPrices[]
}

/** Circuits and whole devices are told beside each other; what a path or a board draws is another quantity. */
const comparable: readonly EnergyTable["scope"][] = ["circuit", "device"]

const otherPrices = (
  other: EnergyTable,
  components: readonly EnergyComponent[],
  own: EnergyTable,
): OtherPrices => ({
  table: other,
  picojoules: components.flatMap((component) =>
    pricesAll(other, [component])
      ? resolveEnergy(other, [component]).map(({ picojoules }) => picojoules)
      : resolveEnergy(own, [component]).map(() => null),
  ),
})

/** @throws ConfigError where `table` lacks a price */
export const pricedActions = (table: EnergyTable, components: readonly EnergyComponent[]): PricedActions => ({
  table,
  actions: resolveEnergy(table, components),
  others: comparable.includes(table.scope)
    ? builtinEnergyTables()
        .filter(({ id, scope }) => id !== table.id && comparable.includes(scope))
        .map((other) => otherPrices(other, components, table))
    : [],
})
