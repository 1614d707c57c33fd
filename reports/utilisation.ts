/** How much of the multipliers' time does work. */
import type { Roof } from "../sim/trace/manifest.ts"
import { type Aggregate, type Tally } from "./aggregate.ts"
import { operationsOf } from "./operation-counts.ts"

export interface Utilisation {
  readonly roof: Roof
  /** Share of the peak that issued operations take, padding and zero operands included; 0 to 1. */
  readonly issued: number
  /** Share of the peak that operations with two non-zero operands take; 0 to 1. */
  readonly useful: number
}

/** Utilisation of the compute roof; undefined where the machine has none that limits issued operations. */
export const utilisationOf = (aggregate: Aggregate, tally: Tally): Utilisation | undefined => {
  const roof = aggregate.manifest.machine.roofs.find(
    ({ kind, convention }) => kind === "compute" && (convention ?? "issued") === "issued",
  )
  if (roof === undefined || tally.cycles === 0) return undefined
  const macs = operationsOf(aggregate, tally)
  const most = roof.perCycle * tally.cycles
  return { roof, issued: macs.issued / most, useful: macs.useful / most }
}
