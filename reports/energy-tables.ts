/** What a run's energy would be by other tables, and which single prices it hinges on. */
import { fsum } from "d3"
import { TraceError } from "../arch/errors.ts"
import type { ActionEnergy } from "../sim/trace/manifest.ts"
import { type Aggregate, totalOf } from "./aggregate.ts"
import { energyOf, pricing } from "./energy.ts"

/** A run's energy by one table; static power is the machine's whichever table. */
export interface TableEnergy {
  readonly table: string
  readonly name: string
  /** circuit, device, path or board: what a price covers, so tables of different scope are not alternatives to each other. */
  readonly scope: string
  readonly total: number
  readonly byComponent: readonly { readonly component: string; readonly energy: number }[]
}

/** What the total becomes where one price alone is taken from another table. */
export interface PriceSwing {
  readonly component: string
  readonly action: string
  /** Total energy with the least and with the greatest price of any table. */
  readonly low: number
  readonly high: number
  /** Tables that the two prices are of. */
  readonly lowTable: string
  readonly highTable: string
}

export interface EnergyByTables {
  /** The run's own table first. */
  readonly tables: readonly TableEnergy[]
  /** Widest first. */
  readonly swings: readonly PriceSwing[]
  readonly total: number
}

/** Counts of the run by action, in the order of the manifest's actions. */
const countsOf = (aggregate: Aggregate, actions: readonly ActionEnergy[]): readonly number[] => {
  const { counts } = totalOf(aggregate)
  const byKey = new Map(aggregate.columns.map(({ key }, c) => [key, counts[c]]))
  return actions.map(({ component, action }) => byKey.get(`${component}.${action}`) ?? 0)
}

/** Undefined where the run has no energy, or no other table prices all that it counted. @throws TraceError where a table's prices are not those of the actions */
export const energyByTables = (aggregate: Aggregate): EnergyByTables | undefined => {
  const { energy } = aggregate.manifest
  const prices = pricing(aggregate)
  if (energy?.others === undefined || prices === undefined) return undefined
  const { actions, others } = energy
  const bad = others.find(({ picojoules }) => picojoules.length !== actions.length)
  if (bad !== undefined) {
    throw new TraceError({
      message: `energy table ${bad.table} has ${bad.picojoules.length} prices for ${actions.length} actions`,
      place: { file: "manifest.json", path: "energy.others" },
      remedy: "Make the trace again.",
    })
  }
  const counts = countsOf(aggregate, actions)
  const whole = energyOf(prices, totalOf(aggregate))
  const own = { ...energy, picojoules: actions.map((action) => action.picojoules) }
  const all = [
    own,
    ...others.flatMap(({ picojoules, ...table }) =>
      picojoules.every((price, i) => price !== null || counts[i] === 0)
        ? [{ ...table, picojoules: picojoules.map((price) => price ?? 0) }]
        : [],
    ),
  ]
  if (all.length === 1) return undefined
  const tables = all.map(({ table, name, scope, picojoules }): TableEnergy => {
    const parts = new Map<string, number>()
    for (const [i, { component }] of actions.entries()) {
      parts.set(component, (parts.get(component) ?? 0) + counts[i] * picojoules[i])
    }
    if (whole.static > 0) parts.set("static", whole.static)
    return {
      table,
      name,
      scope,
      total: fsum([...parts.values()]),
      byComponent: [...parts]
        .map(([component, of]) => ({ component, energy: of }))
        .toSorted((a, b) => b.energy - a.energy),
    }
  })
  const swings = actions.map(({ component, action }, i): PriceSwing => {
    const [low, high] = [Math.min, Math.max].map((pick) =>
      pick(...all.map(({ picojoules }) => picojoules[i])),
    )
    const of = (price: number): string => all.find(({ picojoules }) => picojoules[i] === price)?.table ?? ""
    const totalAt = (price: number): number => whole.total + counts[i] * (price - own.picojoules[i])
    return {
      component,
      action,
      low: totalAt(low),
      high: totalAt(high),
      lowTable: of(low),
      highTable: of(high),
    }
  })
  return {
    tables,
    swings: swings
      // A price that counts nothing may be missing from a table.
      .filter(({ low, high }, i) => counts[i] > 0 && high > low)
      .toSorted((a, b) => b.high - b.low - (a.high - a.low)),
    total: whole.total,
  }
}
