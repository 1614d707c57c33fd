/**
 * A product tile by tile through double-buffered memories: while the array computes one tile, DRAM brings the operands of
 * the next and takes away the outputs of the one before. A step lasts as long as the slower of the two.
 */
import type { Dataflow } from "../../arch/array-machine.ts"
import { keptInTile, type OperandBytes, type Tiling, trips } from "../../dataflows/tiling.ts"
import type { MappedGemm, ReductionSparsity } from "../../dataflows/gemm.ts"
import { isDense } from "../../dataflows/sparsity/nm-pattern.ts"
import { type ArrayShape, arrayTiming } from "./array-timing.ts"
import { deliveredLength } from "./delivered-length.ts"
import { bufferAccesses } from "./buffer-accesses.ts"

/** What one product (all `count` of it) costs. Cycles partition: busy + the stalls = `cycles`. */
export interface GemmCost {
  cycles: number
  busy: number
  fillDrain: number
  stationaryLoad: number
  accumulate: number
  /** Array waiting for whole groups of the dense operand, where a row takes in less than M/N elements a cycle. */
  delivery: number
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
  /** Of the dense operand beside a sparse one, where it streams: elements of whole groups, once a pass. */
  selected: number
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
  /** Dense elements that a row takes in per cycle; unlimited when absent. */
  readonly deliveryPerRow?: number
  /** "serial" does without double buffers: a step computes, then transfers. */
  readonly buffering?: "double" | "serial"
  readonly observe?: TileObserver
}

/** Cycles of every step: the array's on its tile, the load of its operands, the store of what the tile before it left. */
interface Steps {
  readonly compute: Float64Array
  readonly load: Float64Array
  readonly store: Float64Array
  /** Cycles to store the outputs of the last tile. */
  readonly lastStore: number
}

type Loop = "m" | "n" | "k"

/** Tiles along one dimension: how many, and the sizes of the full ones and of the last. */
interface Cut {
  readonly trips: number
  readonly full: number
  readonly last: number
}

const cut = (extent: number, tile: number): Cut => {
  const count = trips(extent, tile)
  return { trips: count, full: Math.min(tile, extent), last: extent - (count - 1) * tile }
}

const sizeAt = ({ trips, full, last }: Cut, i: number): number => (i === trips - 1 ? last : full)

const noCost = (): GemmCost => ({
  cycles: 0,
  busy: 0,
  fillDrain: 0,
  stationaryLoad: 0,
  accumulate: 0,
  delivery: 0,
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
  selected: 0,
  tiles: 0,
})

/**
 * Walks the tile loops. Transfers are whole cycles, so a smaller bandwidth never makes a step shorter. The first tile's
 * load and the last tile's store are exposed; with `count` > 1 the products follow each other without a gap.
 */
export const walkTiles = (input: WalkInput): GemmCost => {
  const cost = noCost()
  const steps = stepsOf(input, cost)
  schedule(steps, input, cost)
  repeat(cost, input.work.count)
  return cost
}

/** Cycles beyond `busy` because a kept element of N:M brings a group of M/N dense ones with it. */
const deliveryStall = ({ work, deliveryPerRow }: WalkInput, busy: number): number => {
  if (deliveryPerRow === undefined || work.sparsity === undefined) return 0
  const { n, m } = work.sparsity.pattern
  return Math.ceil(busy * Math.max(0, m / n / deliveryPerRow - 1))
}

/** Elements that the selectors of processing elements choose from: k of every line of the dense operand, each pass. */
const selectedElements = (
  { m, n, k }: Readonly<Record<Loop, number>>,
  sparsity: ReductionSparsity | undefined,
  dataflow: Dataflow,
  { rows, cols }: ArrayShape,
): number => {
  if (sparsity === undefined || isDense(sparsity.pattern)) return 0
  if (sparsity.operand === "b") return dataflow === "is" ? 0 : m * k * Math.ceil(n / cols)
  return dataflow === "ws" ? 0 : n * k * Math.ceil(m / (dataflow === "os" ? rows : cols))
}

/** Array cycles and buffer accesses of the tile of one class, `times` over, added to the cost. */
const addTile = (
  input: WalkInput,
  size: Readonly<Record<Loop, number>>,
  kept: number,
  from: number,
  times: number,
  cost: GemmCost,
): void => {
  const { work, dataflow, array } = input
  const timing = arrayTiming({ m: size.m, n: size.n, k: kept }, dataflow, array)
  const delivered = deliveredLength(from, from + size.k, work.sparsity, dataflow, array.rows)
  const aK = work.sparsity?.operand === "a" ? kept : delivered
  const bK = work.sparsity?.operand === "b" ? kept : delivered
  const access = bufferAccesses(size, aK, bK, dataflow, array.rows, array.cols, from > 0)
  cost.busy += times * timing.busy
  cost.fillDrain += times * timing.fillDrain
  cost.stationaryLoad += times * timing.stationaryLoad
  cost.accumulate += times * timing.accumulate
  cost.delivery += times * deliveryStall(input, timing.busy)
  cost.aReads += times * access.aReads
  cost.bReads += times * access.bReads
  cost.cWrites += times * access.cWrites
  cost.cReads += times * access.cReads
  cost.selected += times * selectedElements(size, work.sparsity, dataflow, array)
}

/**
 * The steps of one product; bytes and array cycles go into `cost`. Tiles differ only in being last along m or n and in
 * their place along k, so each such class is timed once.
 */
const stepsOf = (input: WalkInput, cost: GemmCost): Steps => {
  const { work, tiling, dataflow, array, bytes, dramBytesPerCycle } = input
  const { m, n, k } = work.gemm
  const cuts = { m: cut(m, tiling.m), n: cut(n, tiling.n), k: cut(k, tiling.k) }
  const [x, y, z] = tiling.order.split("") as [Loop, Loop, Loop]
  const total = cuts.m.trips * cuts.n.trips * cuts.k.trips
  const compute = new Float64Array(total)
  const load = new Float64Array(total)
  const store = new Float64Array(total)
  const kept = Float64Array.from({ length: cuts.k.trips }, (_, i) =>
    keptInTile(work, i * tiling.k, sizeAt(cuts.k, i)),
  )
  const classCycles = new Float64Array(4 * cuts.k.trips).fill(-1)
  const classCount = new Int32Array(4 * cuts.k.trips)
  const at = { m: 0, n: 0, k: 0 }
  const before = { m: -1, n: -1, k: -1 }
  let pending = 0
  let step = 0
  for (at[x] = 0; at[x] < cuts[x].trips; at[x]++) {
    for (at[y] = 0; at[y] < cuts[y].trips; at[y]++) {
      for (at[z] = 0; at[z] < cuts[z].trips; at[z]++) {
        const tm = sizeAt(cuts.m, at.m)
        const tn = sizeAt(cuts.n, at.n)
        const tk = sizeAt(cuts.k, at.k)
        const newM = at.m !== before.m
        const newN = at.n !== before.n
        const newK = at.k !== before.k
        const aLoad = newM || newK ? tm * tk * bytes.a : 0
        const bLoad = newN || newK ? tk * tn * bytes.b : 0
        const partialLoad = (newM || newN) && at.k > 0 ? tm * tn * bytes.partial : 0
        const stored = newM || newN ? pending : 0
        pending = tm * tn * (at.k < cuts.k.trips - 1 ? bytes.partial : bytes.c)
        before.m = at.m
        before.n = at.n
        before.k = at.k
        const tileClass = 4 * at.k + (at.m === cuts.m.trips - 1 ? 1 : 0) + (at.n === cuts.n.trips - 1 ? 2 : 0)
        if (classCycles[tileClass] < 0) {
          const { cycles, busy } = arrayTiming({ m: tm, n: tn, k: kept[at.k] }, dataflow, array)
          classCycles[tileClass] = cycles + deliveryStall(input, busy)
        }
        classCount[tileClass]++
        compute[step] = classCycles[tileClass]
        load[step] = Math.ceil((aLoad + bLoad + partialLoad) / dramBytesPerCycle)
        store[step] = Math.ceil(stored / dramBytesPerCycle)
        step++
        cost.aLoadBytes += aLoad
        cost.bLoadBytes += bLoad
        cost.partialLoadBytes += partialLoad
        cost.storeBytes += stored
      }
    }
  }
  cost.storeBytes += pending
  for (let tileClass = 0; tileClass < classCount.length; tileClass++) {
    if (classCount[tileClass] === 0) continue
    const ki = tileClass >> 2
    const size = {
      m: (tileClass & 1) === 1 ? cuts.m.last : cuts.m.full,
      n: (tileClass & 2) === 2 ? cuts.n.last : cuts.n.full,
      k: sizeAt(cuts.k, ki),
    }
    addTile(input, size, kept[ki], ki * tiling.k, classCount[tileClass], cost)
  }
  return { compute, load, store, lastStore: Math.ceil(pending / dramBytesPerCycle) }
}

/**
 * Times the steps of `count` products in a row. In step i DRAM stores what step i left behind and loads for step i + 1; the
 * last step of a product also loads the next product's first tile and stores its own last one. The wait beyond the array's
 * own cycles is put down to the loads first, then to the stores.
 */
const schedule = (steps: Steps, { work: { count }, buffering, observe }: WalkInput, cost: GemmCost): void => {
  const { compute, load, store, lastStore } = steps
  const hidden = buffering === "serial" ? 0 : 1
  const last = compute.length - 1
  let read = 0
  let write = 0
  let transfers = load[0]
  for (let i = 0; i < last; i++) {
    const next = load[i + 1]
    const wait = Math.max(0, next + store[i] - hidden * compute[i])
    const readWait = Math.min(wait, next)
    read += readWait
    write += wait - readWait
    transfers += next + store[i]
  }
  transfers += store[last] + lastStore
  const seam = Math.max(0, load[0] + store[last] + lastStore - hidden * compute[last])
  const seamRead = Math.min(seam, load[0])
  const end = Math.max(0, store[last] - hidden * compute[last])
  cost.dramRead = load[0] + count * read + (count - 1) * seamRead
  cost.dramWrite = count * write + (count - 1) * (seam - seamRead) + end + lastStore
  cost.dramBusy = count * transfers
  cost.tiles = count * compute.length
  if (observe !== undefined) observeSteps(steps, count, hidden, observe)
}

/** The same schedule, step by step. */
const observeSteps = (steps: Steps, count: number, hidden: 0 | 1, observe: TileObserver): void => {
  const { compute, lastStore } = steps
  const first = steps.load[0]
  observe({ start: 0, compute: 0, load: first, store: 0, duration: first })
  let start = first
  for (let product = 0; product < count; product++) {
    for (let i = 0; i < compute.length; i++) {
      const atSeam = i === compute.length - 1 && product < count - 1
      const load = i + 1 < compute.length ? steps.load[i + 1] : atSeam ? first : 0
      const store = steps.store[i] + (atSeam ? lastStore : 0)
      const duration = compute[i] + Math.max(0, load + store - hidden * compute[i])
      // Without double buffers transfers follow the computation.
      if (hidden === 1) observe({ start, compute: compute[i], load, store, duration })
      else {
        observe({ start, compute: compute[i], load: 0, store: 0, duration: compute[i] })
        observe({ start: start + compute[i], compute: 0, load, store, duration: load + store })
      }
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
    "delivery",
    "aLoadBytes",
    "bLoadBytes",
    "partialLoadBytes",
    "storeBytes",
    "aReads",
    "bReads",
    "cWrites",
    "cReads",
    "selected",
  ] as const) {
    cost[key] *= count
  }
  cost.cycles =
    cost.busy +
    cost.fillDrain +
    cost.stationaryLoad +
    cost.accumulate +
    cost.delivery +
    cost.dramRead +
    cost.dramWrite
}
