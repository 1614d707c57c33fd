/**
 * The roofline's second view: operations per joule over intensity. Transfers and operations overlap in time but not in
 * energy, so the roof is an arch: energy per FLOP = εf + εm ÷ intensity + static power × least time per FLOP, half of the best
 * at the balance εm ÷ εf. Source: Choi, Bedard, Fowler, Vuduc, "A roofline model of energy", IPDPS 2013.
 */
import { fsum } from "d3"
import { macsToFlops } from "../arch/units.ts"
import type { Roof } from "../sim/trace/manifest.ts"
import type { OperationCount } from "../sim/trace/vocabulary.ts"
import { type Aggregate, sumOf, type Tally, tallyBy, totalOf } from "./aggregate.ts"
import { energyOf, type Pricing, pricing } from "./energy.ts"
import { operationsOf } from "./operation-counts.ts"

export interface EnergyPoint {
  readonly pass: string
  readonly layer: string
  readonly stage: string
  /** Share of the run's energy, 0 to 1. */
  readonly share: number
  /** FLOP per byte of the level; infinite without traffic. */
  readonly intensity: number
  /** Picojoules per FLOP, all that the work takes; infinite where it multiplies nothing. */
  readonly perFlop: number
}

export interface EnergyRoofline {
  readonly level: Roof
  readonly convention: OperationCount
  /** Mean picojoules of the run per FLOP, of all that is neither the level's nor static, and per byte of the level. */
  readonly perFlop: number
  readonly perByte: number
  /** FLOP/byte at which operations and transfers cost the same. */
  readonly balance: number
  /** Picojoules per FLOP that the run's mean costs allow at an intensity. */
  readonly arch: (intensity: number) => number
  readonly total: EnergyPoint
  readonly byStage: readonly EnergyPoint[]
  readonly byLayerStage: readonly EnergyPoint[]
}

const flopsOf = (run: Aggregate, tally: Tally, convention: OperationCount): number =>
  macsToFlops(operationsOf(run, tally)[convention])

const levelEnergy = (run: Aggregate, prices: Pricing, tally: Tally, { counters }: Roof): number =>
  fsum(
    run.columns.map(({ key }, column) =>
      counters.includes(key) ? (prices.actions[column]?.picojoules ?? 0) * tally.counts[column] : 0,
    ),
  )

/** Undefined for a run without an energy table, without multiplications, or whose level or all beside it costs nothing. */
export const energyRoofline = (
  run: Aggregate,
  level: Roof,
  convention: OperationCount,
): EnergyRoofline | undefined => {
  const prices = pricing(run)
  if (prices === undefined) return undefined
  const whole = totalOf(run)
  const flops = flopsOf(run, whole, convention)
  const bytes = sumOf(run, whole, level.counters)
  const moved = levelEnergy(run, prices, whole, level)
  if (flops === 0 || bytes === 0 || moved === 0) return undefined
  const energy = energyOf(prices, whole)
  const perFlop = (energy.dynamic - moved) / flops
  if (perFlop <= 0) return undefined
  const perByte = moved / bytes
  const peak = Math.max(
    0,
    ...run.manifest.machine.roofs
      .filter((roof) => roof.kind === "compute" && (roof.convention ?? "issued") === convention)
      .map((roof) => macsToFlops(roof.perCycle)),
  )
  const pointOf = (tally: Tally): EnergyPoint => {
    const { total } = energyOf(prices, tally)
    return {
      pass: tally.pass,
      layer: tally.layer,
      stage: tally.stage,
      share: energy.total === 0 ? 0 : total / energy.total,
      intensity: flopsOf(run, tally, convention) / sumOf(run, tally, level.counters),
      perFlop: total / flopsOf(run, tally, convention),
    }
  }
  return {
    level,
    convention,
    perFlop,
    perByte,
    balance: perByte / perFlop,
    arch: (intensity) => {
      const cycles = Math.max(peak === 0 ? 0 : 1 / peak, 1 / (intensity * level.perCycle))
      return perFlop + perByte / intensity + prices.staticPicojoulesPerCycle * cycles
    },
    total: pointOf(whole),
    byStage: tallyBy(run, ["stage"]).map(pointOf),
    byLayerStage: tallyBy(run, ["pass", "layer", "stage"]).map(pointOf),
  }
}
