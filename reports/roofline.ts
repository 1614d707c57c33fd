/**
 * Roofline from counters and span time alone. Every roof is a rate, so each gives the least cycles that a piece of work
 * can take; the binding roof is the one that asks for most. That form compares roofs of different operation counts
 * without converting one into another, and it also holds for work that multiplies nothing.
 *
 * Sources: Williams, Waterman and Patterson, CACM 52(4), 2009 (attainable = min(peak, bandwidth × intensity)); one dot per
 * memory level after Yang, Kurth and Williams (hierarchical roofline).
 */
import { hertz, macsToFlops } from "../arch/units.ts"
import type { Roof } from "../sim/trace/manifest.ts"
import type { OperationCount } from "../sim/trace/vocabulary.ts"
import { type Aggregate, sumOf, tallyBy, type Tally, totalOf } from "./aggregate.ts"
import { type OperationCounts, operationsOf, perOperationCount } from "./operation-counts.ts"

/**
 * What limits a piece of work: `memory` or `compute` roof, that of another `unit` that it passes through, `ridge` where
 * memory and compute agree within the tolerance, `invalid` when it ran faster than a roof allows (wrong units, counting or
 * scope, never a record), `none` when no roof applies.
 */
export type BoundClass = "memory" | "compute" | "unit" | "ridge" | "invalid" | "none"

/** Relative slack of the compare attained ≤ attainable; covers rounding, nothing else. */
const roundingSlack = 1e-9

export interface Rate {
  readonly macPerCycle: number
  readonly flopPerSecond: number
}

/** What a piece of work moves at a memory, or through a unit. */
export interface MemoryLevel {
  readonly roof: Roof
  readonly bytes: number
  /** FLOP per byte of this level's traffic, by each way of counting; infinite without traffic. */
  readonly intensity: Readonly<Record<OperationCount, number>>
}

export interface RooflinePoint {
  readonly pass: string
  readonly layer: string
  readonly stage: string
  readonly cycles: number
  /** Share of the run's cycles, 0 to 1. */
  readonly timeShare: number
  readonly macs: OperationCounts
  readonly levels: readonly MemoryLevel[]
  /** Least cycles that each roof allows, in the order of the machine's roofs. */
  readonly limits: readonly { readonly roof: Roof; readonly leastCycles: number }[]
  /** The roof that asks for most cycles; undefined when none asks for any. */
  readonly binding: Roof | undefined
  readonly leastCycles: number
  readonly attained: Readonly<Record<OperationCount, Rate>>
  readonly attainable: Readonly<Record<OperationCount, Rate>>
  /** cycles / leastCycles: 1 on the roof, 2 at half of what is attainable. */
  readonly slack: number
  readonly bound: BoundClass
}

export interface Roofline {
  readonly clockHertz: number
  readonly roofs: readonly Roof[]
  readonly total: RooflinePoint
  readonly byStage: readonly RooflinePoint[]
  readonly byLayer: readonly RooflinePoint[]
  readonly byLayerStage: readonly RooflinePoint[]
}

export interface RooflineOptions {
  /** Two roofs within this ratio of each other make a ridge, whichever is lower. */
  readonly ridgeTolerance?: number
}

export const roofline = (aggregate: Aggregate, options: RooflineOptions = {}): Roofline => {
  const tolerance = options.ridgeTolerance ?? 0.05
  const point = (tally: Tally): RooflinePoint => rooflinePoint(aggregate, tally, tolerance)
  return {
    clockHertz: aggregate.manifest.clockHertz,
    roofs: aggregate.manifest.machine.roofs,
    total: point(totalOf(aggregate)),
    byStage: tallyBy(aggregate, ["stage"]).map(point),
    byLayer: tallyBy(aggregate, ["layer"]).map(point),
    byLayerStage: tallyBy(aggregate, ["pass", "layer", "stage"]).map(point),
  }
}

/** The roofline account of one tally. */
export const rooflinePoint = (aggregate: Aggregate, tally: Tally, ridgeTolerance: number): RooflinePoint => {
  const { roofs } = aggregate.manifest.machine
  const macs = operationsOf(aggregate, tally)
  const limits = roofs.map((roof) => ({
    roof,
    leastCycles:
      roof.kind === "compute"
        ? macs[roof.convention ?? "issued"] / roof.perCycle
        : sumOf(aggregate, tally, roof.counters) / roof.perCycle,
  }))
  const leastOf = (kind: Roof["kind"]): number =>
    Math.max(0, ...limits.filter(({ roof }) => roof.kind === kind).map((limit) => limit.leastCycles))
  const compute = leastOf("compute")
  const memory = leastOf("memory")
  const unit = leastOf("unit")
  const leastCycles = Math.max(compute, memory, unit)
  const rate = (count: OperationCount, cycles: number): Rate => {
    const macPerCycle = cycles === 0 ? 0 : macs[count] / cycles
    return { macPerCycle, flopPerSecond: macsToFlops(macPerCycle) * hertz(aggregate.manifest.clockHertz) }
  }
  return {
    pass: tally.pass,
    layer: tally.layer,
    stage: tally.stage,
    cycles: tally.cycles,
    timeShare: aggregate.cycles === 0 ? 0 : tally.cycles / aggregate.cycles,
    macs,
    levels: roofs
      .filter((roof) => roof.kind !== "compute")
      .map((roof) => {
        const bytes = sumOf(aggregate, tally, roof.counters)
        return { roof, bytes, intensity: perOperationCount((count) => macsToFlops(macs[count]) / bytes) }
      }),
    limits,
    binding: leastCycles === 0 ? undefined : limits.find((limit) => limit.leastCycles === leastCycles)?.roof,
    leastCycles,
    attained: perOperationCount((count) => rate(count, tally.cycles)),
    attainable: perOperationCount((count) => rate(count, leastCycles)),
    slack: leastCycles === 0 ? Number.POSITIVE_INFINITY : tally.cycles / leastCycles,
    bound: boundClass({ cycles: tally.cycles, compute, memory, unit, ridgeTolerance }),
  }
}

const boundClass = (work: {
  readonly cycles: number
  readonly compute: number
  readonly memory: number
  readonly unit: number
  readonly ridgeTolerance: number
}): BoundClass => {
  const least = Math.max(work.compute, work.memory, work.unit)
  if (least === 0) return "none"
  if (least > work.cycles * (1 + roundingSlack)) return "invalid"
  if (work.unit > Math.max(work.compute, work.memory)) return "unit"
  // A ratio and its inverse are the same distance from the ridge, hence the logarithm.
  if (Math.abs(Math.log(work.compute / work.memory)) <= Math.log(1 + work.ridgeTolerance)) return "ridge"
  return work.compute > work.memory ? "compute" : "memory"
}
