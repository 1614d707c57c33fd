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

/** Tile sizes in dense elements. */
export interface TileSize {
  readonly m: number
  readonly n: number
  readonly k: number
}

/** Tile sizes and the loop order, outermost first. */
export interface Tiling extends TileSize {
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

/** Tiles along one dimension. */
export const trips = (extent: number, tile: number): number => Math.ceil(extent / tile)

type Loop = "m" | "n" | "k"
const loopBit: Readonly<Record<Loop, number>> = { m: 1, n: 2, k: 4 }

/** For every order and loop, the set of loops that run inside it, as bits. */
const inside = Object.fromEntries(
  loopOrders.map((order) => {
    const bits = (loop: Loop): number =>
      order
        .slice(order.indexOf(loop) + 1)
        .split("")
        .reduce((set, inner) => set | loopBit[inner as Loop], 0)
    return [order, { m: bits("m"), n: bits("n"), k: bits("k") }]
  }),
) as Readonly<Record<LoopOrder, Readonly<Record<Loop, number>>>>

/** For order number o of `loopOrders`: the loops inside loops m, n and k, as bits; flat, for the mapping search. */
export const loopsInside: Readonly<Record<Loop, Int32Array>> = {
  m: Int32Array.from(loopOrders, (order) => inside[order].m),
  n: Int32Array.from(loopOrders, (order) => inside[order].n),
  k: Int32Array.from(loopOrders, (order) => inside[order].k),
}

/** Loops that make more than one trip, as bits. */
export const severalTrips = (tm: number, tn: number, tk: number): number =>
  (tm > 1 ? 1 : 0) | (tn > 1 ? 2 : 0) | (tk > 1 ? 4 : 0)

/** Passes over each matrix: how often all of it is fetched, and how often outputs are visited. */
export interface Passes {
  readonly a: number
  readonly b: number
  readonly c: number
}

/**
 * Passes of a loop order over tiles of the given trip counts. A tensor is fetched once, unless the loop that does not
 * index it runs outside one of its own loops that makes more than one trip.
 */
export const passesOf = (order: LoopOrder, tm: number, tn: number, tk: number): Passes => {
  const several = severalTrips(tm, tn, tk)
  const within = inside[order]
  return {
    a: (within.n & several) === 0 ? 1 : tn,
    b: (within.m & several) === 0 ? 1 : tm,
    c: (within.k & several) === 0 ? 1 : tk,
  }
}

/** Bytes between DRAM and the buffers for all tiles of one product. */
export const trafficOf = (
  { gemm: { m, n, k } }: Pick<MappedGemm, "gemm">,
  tiling: Tiling,
  bytes: OperandBytes,
): Traffic => {
  const passes = passesOf(tiling.order, trips(m, tiling.m), trips(n, tiling.n), trips(k, tiling.k))
  const spilled = m * n * bytes.partial * (passes.c - 1)
  return {
    aReads: m * k * bytes.a * passes.a,
    bReads: k * n * bytes.b * passes.b,
    cWrites: m * n * bytes.c,
    partialWrites: spilled,
    partialReads: spilled,
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

/** Every tile size worth trying: for each (k, m) the largest n that fits. Empty when not even the smallest tile fits. */
export const tileSizes = (
  { gemm: { m, n, k } }: Pick<MappedGemm, "gemm">,
  bytes: OperandBytes,
  capacity: TileCapacity,
  edges: TileEdges,
): readonly TileSize[] => {
  const out: TileSize[] = []
  const ns = sizes(n, edges.n)
  const ms = sizes(m, edges.m)
  for (const tk of sizes(k, edges.k)) {
    for (const tm of ms) {
      if (tm * tk * bytes.a > capacity.a) continue
      const tn = ns.find(
        (size) => tk * size * bytes.b <= capacity.b && tm * size * bytes.partial <= capacity.c,
      )
      if (tn !== undefined) out.push({ m: tm, n: tn, k: tk })
    }
  }
  return out
}

/** Kept reduction elements of the tile [from, from + length) along k. */
export const keptInTile = (work: MappedGemm, from: number, length: number): number =>
  keptPrefix(from + length, work.sparsity) - keptPrefix(from, work.sparsity)
