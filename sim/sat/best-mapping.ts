/** Choosing dataflow and tiling of a product on an array: close to the least time, with the least traffic, in few tiles. */
import type { Dataflow } from "../../arch/array-machine.ts"
import { type Gemm, keptK, type MappedGemm } from "../../dataflows/gemm.ts"
import {
  type LoopOrder,
  loopOrders,
  type OperandBytes,
  loopsInside,
  severalTrips,
  type TileCapacity,
  type TileEdges,
  type TileSize,
  tileSizes,
  type Tiling,
  trips,
} from "../../dataflows/tiling.ts"
import { arrayCycles, type ArrayShape } from "./array-timing.ts"

export interface Mapping {
  readonly dataflow: Dataflow
  readonly tiling: Tiling
}

/**
 * What a schedule is chosen for. Mappings whose estimated time is within a tolerance of the least are equal, and traffic
 * decides: "time" gives up a hundredth, "energy" a quarter of the time to move fewer bytes. Assumptions of ours.
 */
export type Objective = "time" | "energy"
const tolerances: Readonly<Record<Objective, number>> = { time: 0.01, energy: 0.25 }

/** A mapping with its estimated cycles, one product. */
export interface EstimatedMapping extends Mapping {
  readonly time: number
}

interface Candidate {
  readonly dataflow: Dataflow
  readonly size: TileSize
  readonly order: LoopOrder
  /** Estimated cycles: the slower of the array and DRAM, plus the first load. */
  readonly time: number
  /** Bytes between DRAM and the buffers. */
  readonly moved: number
  readonly tiles: number
}

/** Tiles are cut where folds end, and along k where groups do; an output-stationary fold wants a long k. */
const edgesOf = (
  dataflow: Dataflow,
  { rows, cols }: ArrayShape,
  keptShare: number,
  group: number,
): TileEdges => {
  const whole = (k: number): number => Math.ceil(k / group) * group
  switch (dataflow) {
    case "os":
      return { m: rows, n: cols, k: whole(256) }
    case "ws":
      return { m: rows, n: cols, k: whole(rows / keptShare) }
    case "is":
      return { m: cols, n: rows, k: whole(rows / keptShare) }
  }
}

/** The least that a fold needs on chip: the stationary operand whole, a line of what streams, one group along k. */
const leastEdges = (edges: TileEdges, dataflow: Dataflow, group: number): TileEdges => {
  switch (dataflow) {
    case "os":
      return { ...edges, k: group }
    case "ws":
      return { ...edges, m: 1 }
    case "is":
      return { ...edges, n: 1 }
  }
}

const isBetter = (a: Candidate, b: Candidate | undefined): boolean =>
  b === undefined ||
  a.moved < b.moved ||
  (a.moved === b.moved && (a.tiles < b.tiles || (a.tiles === b.tiles && a.time < b.time)))

/** Array cycles of all tiles, edge tiles as small as they are; kept elements are spread evenly over the tiles along k. */
const tiledCycles = (
  { m, n, k }: Gemm,
  size: TileSize,
  keptShare: number,
  dataflow: Dataflow,
  array: ArrayShape,
): number => {
  const fullM = Math.floor(m / size.m)
  const fullN = Math.floor(n / size.n)
  const fullK = Math.floor(k / size.k)
  let cycles = 0
  // Full and last tile along each dimension; either may not be there.
  for (let kind = 0; kind < 8; kind++) {
    const lastM = (kind & 1) === 1
    const lastN = (kind & 2) === 2
    const lastK = (kind & 4) === 4
    const tm = lastM ? m - fullM * size.m : size.m
    const tn = lastN ? n - fullN * size.n : size.n
    const tk = lastK ? k - fullK * size.k : size.k
    const times = (lastM ? 1 : fullM) * (lastN ? 1 : fullN) * (lastK ? 1 : fullK)
    if (tm === 0 || tn === 0 || tk === 0 || times === 0) continue
    cycles += times * arrayCycles(tm, tn, Math.ceil(tk * keptShare), dataflow, array)
  }
  return cycles
}

/**
 * Estimates every mapping of one dataflow and takes, among those close to the least time, the one
 * with the least traffic, then the fewest tiles. The tile walk then times it exactly. Undefined when the buffers do not hold
 * one fold.
 *
 * A run's time is therefore not strictly monotone in bandwidth or buffers, though that of every single mapping is: with more
 * of either, a mapping with less traffic may come within the tolerance. No rule that gives up time for traffic avoids this
 * without knowing what every smaller bandwidth would have chosen; and a tolerance of zero would not either, because mappings
 * are ranked by estimates, while only the walk of every candidate, hundreds a product, knows its exact time.
 */
export const bestTiling = (
  work: MappedGemm,
  dataflow: Dataflow,
  array: ArrayShape,
  bytes: OperandBytes,
  capacity: TileCapacity,
  dramBytesPerCycle: number,
  objective: Objective,
): EstimatedMapping | undefined => {
  const { m, n, k } = work.gemm
  const keptShare = keptK(work) / k
  const group = work.sparsity?.pattern.m ?? 1
  const slack = 1 + tolerances[objective]
  const candidates: Candidate[] = []
  let least = Number.POSITIVE_INFINITY
  const aBytes = m * k * bytes.a
  const bBytes = k * n * bytes.b
  const edges = edgesOf(dataflow, array, keptShare, group)
  const usual = tileSizes(work, bytes, capacity, edges)
  const sizes =
    usual.length > 0 ? usual : tileSizes(work, bytes, capacity, leastEdges(edges, dataflow, group))
  for (const size of sizes) {
    const compute = tiledCycles(work.gemm, size, keptShare, dataflow, array)
    if (compute > least * slack) continue
    const firstLoad = (size.m * size.k * bytes.a + size.k * size.n * bytes.b) / dramBytesPerCycle
    const tm = trips(m, size.m)
    const tn = trips(n, size.n)
    const tk = trips(k, size.k)
    const several = severalTrips(tm, tn, tk)
    for (let o = 0; o < loopOrders.length; o++) {
      const aPasses = (loopsInside.n[o] & several) === 0 ? 1 : tn
      const bPasses = (loopsInside.m[o] & several) === 0 ? 1 : tm
      const cPasses = (loopsInside.k[o] & several) === 0 ? 1 : tk
      const moved =
        aBytes * aPasses + bBytes * bPasses + m * n * (bytes.c + 2 * bytes.partial * (cPasses - 1))
      const time = Math.max(compute, moved / dramBytesPerCycle) + firstLoad
      if (time > least * slack) continue
      least = Math.min(least, time)
      candidates.push({ dataflow, size, order: loopOrders[o], time, moved, tiles: tm * tn * tk })
    }
  }
  let best: Candidate | undefined
  for (const candidate of candidates) {
    if (candidate.time <= least * slack && isBetter(candidate, best)) best = candidate
  }
  return best && { dataflow, tiling: { ...best.size, order: best.order }, time: best.time }
}
