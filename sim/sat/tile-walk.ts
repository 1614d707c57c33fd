/**
 * A product tile by tile through double-buffered memories: while the array computes one tile, DRAM brings the operands of
 * the next and takes away the outputs of the one before. A step lasts as long as the slower of the two.
 */
import type { Dataflow } from "../../arch/array-machine.ts"
import { keptInTile, type OperandBytes, type Tiling } from "../../dataflows/tiling.ts"
import type { MappedGemm } from "../../dataflows/gemm.ts"
import { type ArrayShape, arrayTiming } from "./array-timing.ts"
import { bufferAccesses } from "./buffer-accesses.ts"

/** What one product (all `count` of it) costs. Cycles partition: busy + the stalls = `cycles`. */
export interface GemmCost {
  cycles: number
  busy: number
  fillDrain: number
  stationaryLoad: number
  accumulate: number
  /** Array waiting for operands, and for outputs to leave. */
  dramRead: number
  dramWrite: number
  /** Cycles in which DRAM transfers. */
  dramBusy: number
  /** Bytes into the buffers of A, B and C (partial sums), and out of C's. */
  aLoadBytes: number
  bLoadBytes: number
  partialLoadBytes: number
  storeBytes: number
  /** Buffer accesses of the array, elements. */
  aReads: number
  bReads: number
  cWrites: number
  cReads: number
  tiles: number
}

/** Called for every tile, in order, with cycles from the start of the product. */
export type TileObserver = (step: {
  readonly start: number
  readonly compute: number
  readonly load: number
  readonly store: number
  readonly duration: number
}) => void

export interface WalkInput {
  readonly work: MappedGemm
  readonly tiling: Tiling
  readonly dataflow: Dataflow
  readonly array: ArrayShape
  readonly bytes: OperandBytes
  readonly dramBytesPerCycle: number
  readonly observe?: TileObserver
}

interface Step {
  compute: number
  load: number
  store: number
}

/**
 * Walks the tile loops. Transfers are whole cycles, so a smaller bandwidth never makes a step shorter. The first tile's
 * load and the last tile's store are exposed; with `count` > 1 the products follow each other without a gap.
 */
export const walkTiles = (input: WalkInput): GemmCost => {
  const { work, tiling, dataflow, array, bytes, dramBytesPerCycle } = input
  const { m, n, k } = work.gemm
  const outer = tiling.order
  const extent = { m, n, k }
  const cost: GemmCost = {
    cycles: 0,
    busy: 0,
    fillDrain: 0,
    stationaryLoad: 0,
    accumulate: 0,
    dramRead: 0,
    dramWrite: 0,
    dramBusy: 0,
    aLoadBytes: 0,
    bLoadBytes: 0,
    partialLoadBytes: 0,
    storeBytes: 0,
    aReads: 0,
    bReads: 0,
    cWrites: 0,
    cReads: 0,
    tiles: 0,
  }
  const aSparse = work.sparsity?.operand === "a"
  const bSparse = work.sparsity?.operand === "b"
  const steps: Step[] = []
  const at = { m: 0, n: 0, k: 0 }
  let lastA = -1
  let lastB = -1
  let lastC = -1
  let pendingStore = 0
  const [x, y, z] = [outer[0], outer[1], outer[2]] as ["m" | "n" | "k", "m" | "n" | "k", "m" | "n" | "k"]
  for (at[x] = 0; at[x] < extent[x]; at[x] += tiling[x]) {
    for (at[y] = 0; at[y] < extent[y]; at[y] += tiling[y]) {
      for (at[z] = 0; at[z] < extent[z]; at[z] += tiling[z]) {
        const tm = Math.min(tiling.m, m - at.m)
        const tn = Math.min(tiling.n, n - at.n)
        const tk = Math.min(tiling.k, k - at.k)
        const kept = keptInTile(work, at.k, tk)
        const resumed = at.k > 0
        const timing = arrayTiming({ m: tm, n: tn, k: kept }, dataflow, array)
        const access = bufferAccesses(
          { m: tm, n: tn, k: tk },
          aSparse ? kept : tk,
          bSparse ? kept : tk,
          dataflow,
          array.rows,
          array.cols,
          resumed,
        )
        const idA = at.m * (k + 1) + at.k
        const idB = at.n * (k + 1) + at.k
        const idC = at.m * (n + 1) + at.n
        const aLoad = idA === lastA ? 0 : tm * tk * bytes.a
        const bLoad = idB === lastB ? 0 : tk * tn * bytes.b
        const partialLoad = idC !== lastC && resumed ? tm * tn * bytes.partial : 0
        const store = idC === lastC ? 0 : pendingStore
        pendingStore = tm * tn * (at.k + tk < k ? bytes.partial : bytes.c)
        lastA = idA
        lastB = idB
        lastC = idC
        steps.push({
          compute: timing.cycles,
          load: Math.ceil((aLoad + bLoad + partialLoad) / dramBytesPerCycle),
          store: Math.ceil(store / dramBytesPerCycle),
        })
        cost.busy += timing.busy
        cost.fillDrain += timing.fillDrain
        cost.stationaryLoad += timing.stationaryLoad
        cost.accumulate += timing.accumulate
        cost.aLoadBytes += aLoad
        cost.bLoadBytes += bLoad
        cost.partialLoadBytes += partialLoad
        cost.storeBytes += store
        cost.aReads += access.aReads
        cost.bReads += access.bReads
        cost.cWrites += access.cWrites
        cost.cReads += access.cReads
      }
    }
  }
  cost.storeBytes += pendingStore
  schedule(steps, Math.ceil(pendingStore / dramBytesPerCycle), work.count, cost, input.observe)
  repeat(cost, work.count)
  return cost
}

/**
 * Times the steps of `count` products in a row. In step i DRAM stores what step i left behind and loads for step i + 1; the
 * last step of a product also loads the next product's first tile and stores its own last one. The wait beyond the array's
 * own cycles is put down to the loads first, then to the stores.
 */
const schedule = (
  steps: readonly Step[],
  lastStore: number,
  count: number,
  cost: GemmCost,
  observe: TileObserver | undefined,
): void => {
  const first = steps[0].load
  const last = steps.length - 1
  const inner = waitsOf(steps, 0, last)
  const seam = wait(steps[last].compute, first, steps[last].store + lastStore)
  const end = wait(steps[last].compute, 0, steps[last].store)
  cost.dramRead = first + count * inner.read + (count - 1) * seam.read + end.read
  cost.dramWrite = count * inner.write + (count - 1) * seam.write + end.write + lastStore
  cost.dramBusy = count * (steps.reduce((sum, step) => sum + step.load + step.store, 0) + lastStore)
  cost.tiles = count * steps.length
  if (observe !== undefined) observeSteps(steps, lastStore, count, observe)
}

interface Wait {
  readonly read: number
  readonly write: number
}

/** Cycles that a step takes beyond its computation. */
const wait = (compute: number, load: number, store: number): Wait => {
  const total = Math.max(0, load + store - compute)
  const read = Math.min(total, load)
  return { read, write: total - read }
}

/** Waits of steps [from, to), each loading for the one after it. */
const waitsOf = (steps: readonly Step[], from: number, to: number): Wait => {
  let read = 0
  let write = 0
  for (let i = from; i < to; i++) {
    const w = wait(steps[i].compute, steps[i + 1].load, steps[i].store)
    read += w.read
    write += w.write
  }
  return { read, write }
}

/** The same schedule, step by step. */
const observeSteps = (
  steps: readonly Step[],
  lastStore: number,
  count: number,
  observe: TileObserver,
): void => {
  const first = steps[0].load
  observe({ start: 0, compute: 0, load: first, store: 0, duration: first })
  let start = first
  for (let product = 0; product < count; product++) {
    for (let i = 0; i < steps.length; i++) {
      const atSeam = i === steps.length - 1 && product < count - 1
      const load = i + 1 < steps.length ? steps[i + 1].load : atSeam ? first : 0
      const store = steps[i].store + (atSeam ? lastStore : 0)
      const duration = Math.max(steps[i].compute, load + store)
      observe({ start, compute: steps[i].compute, load, store, duration })
      start += duration
    }
  }
  observe({ start, compute: 0, load: 0, store: lastStore, duration: lastStore })
}

/** Scales what one product cost to all of them; waits and DRAM time are already for all. */
const repeat = (cost: GemmCost, count: number): void => {
  for (const key of [
    "busy",
    "fillDrain",
    "stationaryLoad",
    "accumulate",
    "aLoadBytes",
    "bLoadBytes",
    "partialLoadBytes",
    "storeBytes",
    "aReads",
    "bReads",
    "cWrites",
    "cReads",
  ] as const) {
    cost[key] *= count
  }
  cost.cycles =
    cost.busy + cost.fillDrain + cost.stationaryLoad + cost.accumulate + cost.dramRead + cost.dramWrite
}
