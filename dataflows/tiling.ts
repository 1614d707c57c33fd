/**
 * Tiling of a product over on-chip buffers: tile sizes and the order of the three tile loops, chosen for least traffic.
 *
 * A tensor is fetched again whenever a loop that indexes it advances; loops inside the innermost such loop are free. Edge
 * tiles are smaller and cost what they hold, so the traffic of a tensor is its size times the trips of the loops outside
 * its innermost own loop that do not index it.
 */
import { keptPrefix, type MappedGemm } from "./gemm.ts"

export type LoopOrder = "mnk" | "mkn" | "nmk" | "nkm" | "kmn" | "knm"
export const loopOrders: readonly LoopOrder[] = ["mnk", "mkn", "nmk", "nkm", "kmn", "knm"]

/** Tile sizes in dense elements and the loop order, outermost first. */
export interface Tiling {
  readonly m: number
  readonly n: number
  readonly k: number
  readonly order: LoopOrder
}

/** Bytes that one element of each matrix takes on chip and in DRAM, after compression and im2col. */
export interface OperandBytes {
  readonly a: number
  readonly b: number
  /** Finished outputs as stored, and partial sums. */
  readonly c: number
  readonly partial: number
}

/** Bytes that the tile in use may take of each operand's buffer. */
export interface TileCapacity {
  readonly a: number
  readonly b: number
  readonly c: number
}

export interface Traffic {
  readonly aReads: number
  readonly bReads: number
  readonly cWrites: number
  readonly partialWrites: number
  readonly partialReads: number
}

const trips = (extent: number, tile: number): number => Math.ceil(extent / tile)

/** How often a tensor that does not index `free` is fetched: once, unless `free` runs outside one of its own loops. */
const refetches = (
  order: LoopOrder,
  free: "m" | "n" | "k",
  freeTrips: number,
  ownTrips: readonly [number, number],
): number => {
  const position = order.indexOf(free)
  const own = [...order].filter((loop) => loop !== free)
  // The free loop costs nothing when every own loop inside it makes a single trip.
  const inside = own.filter((loop) => order.indexOf(loop) > position)
  const advances = inside.some((loop) => ownTrips[own.indexOf(loop)] > 1)
  return advances ? freeTrips : 1
}

/** Bytes between DRAM and the buffers for all tiles of one product. */
export const trafficOf = (
  { gemm }: Pick<MappedGemm, "gemm">,
  tiling: Tiling,
  bytes: OperandBytes,
): Traffic => {
  const { m, n, k } = gemm
  const tm = trips(m, tiling.m)
  const tn = trips(n, tiling.n)
  const tk = trips(k, tiling.k)
  const { order } = tiling
  const ownTrips = (x: "m" | "n" | "k", y: "m" | "n" | "k"): readonly [number, number] => {
    const of = { m: tm, n: tn, k: tk }
    return order.indexOf(x) < order.indexOf(y) ? [of[x], of[y]] : [of[y], of[x]]
  }
  const visits = refetches(order, "k", tk, ownTrips("m", "n"))
  return {
    aReads: m * k * bytes.a * refetches(order, "n", tn, ownTrips("m", "k")),
    bReads: k * n * bytes.b * refetches(order, "m", tm, ownTrips("n", "k")),
    cWrites: m * n * bytes.c,
    partialWrites: m * n * bytes.partial * (visits - 1),
    partialReads: m * n * bytes.partial * (visits - 1),
  }
}

/** Sizes to try along one dimension: the whole, then halves, rounded up to the array's edge. */
const sizes = (extent: number, edge: number): readonly number[] => {
  const out: number[] = []
  for (let parts = 1; ; parts *= 2) {
    const size = Math.min(extent, Math.ceil(Math.ceil(extent / parts) / edge) * edge)
    if (out.at(-1) !== size) out.push(size)
    if (size <= edge) return out
  }
}

/** Edge lengths that tiles are rounded to, so that no fold is cut. */
export interface TileEdges {
  readonly m: number
  readonly n: number
  readonly k: number
}

/**
 * Every tiling worth trying: for each (k, m) size the largest n that fits, in each loop order. Never empty: when not even
 * the smallest tile fits, that tile alone is returned and the caller streams it.
 */
export const tilings = (
  work: MappedGemm,
  bytes: OperandBytes,
  capacity: TileCapacity,
  edges: TileEdges,
): readonly Tiling[] => {
  const { m, n, k } = work.gemm
  const out: Tiling[] = []
  const ns = sizes(n, edges.n)
  for (const tk of sizes(k, edges.k)) {
    for (const tm of sizes(m, edges.m)) {
      if (tm * tk * bytes.a > capacity.a) continue
      const tn = ns.find(
        (size) => tk * size * bytes.b <= capacity.b && tm * size * bytes.partial <= capacity.c,
      )
      if (tn === undefined) continue
      for (const order of loopOrders) out.push({ m: tm, n: tn, k: tk, order })
    }
  }
  if (out.length > 0) return out
  const smallest = { m: Math.min(m, edges.m), n: Math.min(n, edges.n), k: Math.min(k, edges.k) }
  return loopOrders.map((order) => ({ ...smallest, order }))
}

/** Kept reduction elements of the tile [from, from + length) along k. */
export const keptInTile = (work: MappedGemm, from: number, length: number): number =>
  keptPrefix(from + length, work.sparsity) - keptPrefix(from, work.sparsity)
