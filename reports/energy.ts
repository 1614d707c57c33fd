/** Energy = counters × energy table + static power × time, and nothing else. */
import { fsum } from "d3"
import { didYouMean } from "../arch/nearest.ts"
import { TraceError } from "../arch/errors.ts"
import type { Status } from "../arch/quantity.ts"
import { type Picojoules, picojoules } from "../arch/units.ts"
import type { ActionEnergy } from "../sim/trace/manifest.ts"
import { isAccounting } from "../sim/trace/vocabulary.ts"
import { type Aggregate, tallyBy, type Tally, totalOf } from "./aggregate.ts"

/** What one count of each column costs: the energy table laid out along an aggregate's columns. */
export interface Pricing {
  /** The table's row for a column; undefined for bookkeeping columns, which carry no energy. */
  readonly actions: readonly (ActionEnergy | undefined)[]
  readonly staticPicojoulesPerCycle: number
}

export interface EnergyParts {
  readonly dynamic: Picojoules
  readonly static: Picojoules
  readonly total: Picojoules
}

export interface ActionShare extends ActionEnergy {
  readonly count: number
  readonly energy: Picojoules
}

export interface EnergyReport extends EnergyParts {
  readonly table: string
  readonly tableName: string
  readonly hash: string
  readonly scope: string
  readonly staticWatts: number
  readonly staticStatus: Status
  /** Largest first; static power is not among them. */
  readonly byAction: readonly ActionShare[]
  /** Largest first; static power is the component "static". */
  readonly byComponent: readonly { readonly component: string; readonly energy: Picojoules }[]
  readonly byLayer: readonly (EnergyParts & { readonly layer: string })[]
  readonly byStage: readonly (EnergyParts & { readonly stage: string })[]
  /** Share of the total, 0 to 1, whose price per action is assumed or fitted. */
  readonly uncertainShare: number
}

const isUncertain = (status: Status): boolean => status === "assumed" || status === "fitted"

/**
 * Finds the price of every counter of a trace; undefined where the run has no energy table.
 * @throws TraceError for a component or action that the table does not price. It is never taken as zero.
 */
export const pricing = (aggregate: Aggregate): Pricing | undefined => {
  const { energy, clockHertz } = aggregate.manifest
  if (energy === undefined) return undefined
  const known = new Map(energy.actions.map((action) => [`${action.component}.${action.action}`, action]))
  return {
    actions: aggregate.columns.map(({ component, key }) => {
      if (isAccounting(component)) return undefined
      const action = known.get(key)
      if (action === undefined) {
        throw new TraceError({
          message: `the trace counts "${key}", which energy table ${energy.table} does not price`,
          place: { file: "manifest.json", path: "energy.actions" },
          remedy: didYouMean(key, [...known.keys()]),
        })
      }
      return action
    }),
    staticPicojoulesPerCycle: (energy.staticWatts / clockHertz) * 1e12,
  }
}

/**
 * Energy of one tally. The sum is exact up to one rounding (Shewchuk's algorithm), so that it does not depend on the
 * order of the counters.
 */
export const energyOf = (pricing: Pricing, tally: Tally): EnergyParts => {
  const dynamic = fsum(actionEnergies(pricing, tally))
  const staticEnergy = pricing.staticPicojoulesPerCycle * tally.cycles
  return {
    dynamic: picojoules(dynamic),
    static: picojoules(staticEnergy),
    total: picojoules(fsum([dynamic, staticEnergy])),
  }
}

const actionEnergies = (pricing: Pricing, tally: Tally): readonly number[] =>
  pricing.actions.map((action, column) =>
    action === undefined ? 0 : action.picojoules * tally.counts[column],
  )

/** The run's energy, split by component, action, layer and stage; undefined where the run has no energy table. */
export const energyReport = (aggregate: Aggregate): EnergyReport | undefined => {
  const { energy } = aggregate.manifest
  const prices = pricing(aggregate)
  if (energy === undefined || prices === undefined) return undefined
  const total = totalOf(aggregate)
  const whole = energyOf(prices, total)
  const byAction: ActionShare[] = []
  for (const [column, action] of prices.actions.entries()) {
    if (action === undefined) continue
    const count = total.counts[column]
    byAction.push({ ...action, count, energy: picojoules(action.picojoules * count) })
  }
  const uncertain = byAction.filter(({ status }) => isUncertain(status)).map((action) => action.energy)
  if (isUncertain(energy.staticStatus)) uncertain.push(whole.static)
  return {
    ...whole,
    table: energy.table,
    tableName: energy.name,
    hash: energy.hash,
    scope: energy.scope,
    staticWatts: energy.staticWatts,
    staticStatus: energy.staticStatus,
    byAction: byAction.toSorted((a, b) => b.energy - a.energy),
    byComponent: componentsOf(byAction, whole.static),
    byLayer: tallyBy(aggregate, ["layer"]).map((t) => ({ layer: t.layer, ...energyOf(prices, t) })),
    byStage: tallyBy(aggregate, ["stage"]).map((t) => ({ stage: t.stage, ...energyOf(prices, t) })),
    uncertainShare: whole.total === 0 ? 0 : fsum(uncertain) / whole.total,
  }
}

const componentsOf = (
  actions: readonly ActionShare[],
  staticEnergy: Picojoules,
): EnergyReport["byComponent"] => {
  const parts = new Map<string, number[]>()
  for (const { component, energy } of actions) parts.set(component, [...(parts.get(component) ?? []), energy])
  if (staticEnergy > 0) parts.set("static", [...(parts.get("static") ?? []), staticEnergy])
  return [...parts]
    .map(([component, energies]) => ({ component, energy: picojoules(fsum(energies)) }))
    .toSorted((a, b) => b.energy - a.energy)
}
