/** DRAM bytes of one run of a kernel, given what L2 keeps. */
import type { KernelFamily } from "./kernel-catalogue.ts"
import { hitShare } from "./l2-residency.ts"
import type { Grid } from "./wave-quantisation.ts"

export interface DramTraffic {
  readonly bytes: number
  /** Of the activations, of the weight with its metadata, and of the output; their sum is `bytes`. */
  readonly activationBytes: number
  readonly weightBytes: number
  readonly outputBytes: number
  /** How often each operand comes from DRAM when nothing stayed from the run before. */
  readonly activationReads: number
  readonly weightReads: number
}

/** Shares of the operands that L2 holds when a kernel starts, and of the output that it keeps. */
export interface Residency {
  readonly activation: number
  readonly weight: number
  readonly output: number
}

/** Of a product that runs again and again: one share of everything, by how much larger its footprint is than L2. */
export const backToBackResidency = (footprint: number, capacity: number): Residency => {
  const share = hitShare(footprint / capacity)
  return { activation: share, weight: share, output: share }
}

/**
 * Each operand × (reads − h), h the share of it that L2 holds already. Swizzled: activations are read once for every stripe of n that L2 cannot bridge. Along n: the weight is
 * read once for every g rows of tiles, g = max(rasterRows, ⌊blocks in flight ÷ tiles along n⌋), unless it stays in L2.
 */
export const dramTraffic = (
  activation: number,
  weight: number,
  output: number,
  grid: Grid,
  inFlight: number,
  capacity: number,
  resident: Residency,
  { raster, rasterWidth, rasterRows }: KernelFamily,
): DramTraffic => {
  let activationReads = 1
  let weightReads = 1
  if (raster === "along-n") {
    const rows = Math.max(rasterRows, Math.floor(inFlight / grid.tilesN))
    weightReads += (Math.max(1, grid.tilesM / rows) - 1) * (1 - hitShare(weight / capacity))
  } else {
    const width = Math.min(grid.tilesN, rasterWidth)
    activationReads += (grid.tilesN / width - 1) * (1 - hitShare(activation / capacity))
  }
  const activationBytes = activation * (activationReads - resident.activation)
  const weightBytes = weight * (weightReads - resident.weight)
  const outputBytes = output * (1 - resident.output)
  return {
    bytes: activationBytes + weightBytes + outputBytes,
    activationBytes,
    weightBytes,
    outputBytes,
    activationReads,
    weightReads,
  }
}
