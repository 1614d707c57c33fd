/** How a grid of thread blocks falls onto the SMs. */
import type { CtaTile } from "./kernel-catalogue.ts"

export interface Grid {
  /** Tiles along the tokens and along the outputs. */
  readonly tilesM: number
  readonly tilesN: number
  /** Thread blocks, splits of the reduction included. */
  readonly ctas: number
  /** Thread blocks that the busiest SM runs in all. */
  readonly perSm: number
  /** Thread blocks resident on that SM at once. */
  readonly resident: number
  /** Times that the whole board is filled, the last time perhaps partly. */
  readonly waves: number
  /** Share of a whole wave's thread blocks that the last one has, above 0 and at most 1. */
  readonly lastWave: number
}

/**
 * CTAs = ⌈M/Tm⌉·⌈N/Tn⌉·split·batch; the busiest SM runs ⌈CTAs/SMs⌉ of them, `occupancy` at a time. Time follows the busiest SM,
 * so work comes in steps of SMs (tile and wave quantisation). `batch` products of one shape are one grid.
 */
export const gridOf = (
  m: number,
  n: number,
  tile: CtaTile,
  split: number,
  batch: number,
  sms: number,
  occupancy: number,
): Grid => {
  const tilesM = Math.ceil(m / tile.m)
  const tilesN = Math.ceil(n / tile.n)
  const ctas = tilesM * tilesN * split * batch
  const perSm = Math.ceil(ctas / sms)
  const waves = Math.ceil(ctas / (sms * occupancy))
  return {
    tilesM,
    tilesN,
    ctas,
    perSm,
    resident: Math.min(occupancy, perSm),
    waves,
    lastWave: ctas / (sms * occupancy) - (waves - 1),
  }
}
