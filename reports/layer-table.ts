/** One row for every stage of every layer: time, operations, limits and energy. */
import { type Aggregate, type Tally, tallyBy } from "./aggregate.ts"
import { energyOf, pricing } from "./energy.ts"
import { type OperationCounts } from "./operation-counts.ts"
import { type BoundClass, type RooflinePoint, rooflinePoint } from "./roofline.ts"
import { utilisationOf } from "./utilisation.ts"

export interface LayerRow {
  readonly pass: string
  readonly layer: string
  readonly stage: string
  /** The cycle in which the first of its work starts. */
  readonly start: number
  readonly cycles: number
  /** Share of the run, 0 to 1. */
  readonly timeShare: number
  readonly macs: OperationCounts
  /** Useful operations over the peak, 0 to 1; undefined where the machine has no such peak. */
  readonly utilisation: number | undefined
  readonly bound: BoundClass
  /** Name of the binding roof; empty when none binds. */
  readonly bindingRoof: string
  readonly slack: number
  /** Picojoules, static power included. */
  readonly energy: number | undefined
  readonly point: RooflinePoint
}

export const layerTable = (aggregate: Aggregate, ridgeTolerance = 0.05): readonly LayerRow[] => {
  const prices = pricing(aggregate)
  const starts = new Map<string, number>()
  for (const item of aggregate.items) {
    const known = starts.get(placeOf(item))
    starts.set(placeOf(item), Math.min(item.start, known ?? item.start))
  }
  return tallyBy(aggregate, ["pass", "layer", "stage"]).map((tally) => {
    const point = rooflinePoint(aggregate, tally, ridgeTolerance)
    return {
      pass: tally.pass,
      layer: tally.layer,
      stage: tally.stage,
      start: starts.get(placeOf(tally)) ?? 0,
      cycles: tally.cycles,
      timeShare: point.timeShare,
      macs: point.macs,
      utilisation: utilisationOf(aggregate, tally)?.useful,
      bound: point.bound,
      bindingRoof: point.binding?.name ?? "",
      slack: point.slack,
      energy: prices === undefined ? undefined : energyOf(prices, tally).total,
      point,
    }
  })
}

const placeOf = ({ pass, layer, stage }: Tally): string => JSON.stringify([pass, layer, stage])
