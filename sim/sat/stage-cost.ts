/** What one stage of one layer costs on an array machine: the closed form that whole networks run on. */
import type { Dataflow } from "../../arch/array-machine.ts"
import { ConfigError } from "../../arch/errors.ts"
import {
  gemmMacs,
  isStoredCompact,
  keptK,
  type MappedGemm,
  type ReductionSparsity,
} from "../../dataflows/gemm.ts"
import { type Optimizer, updateCost } from "../../dataflows/optimizer.ts"
import type { OperandBytes, TileCapacity } from "../../dataflows/tiling.ts"
import type { PruneWork, StageWork, UpdateWork } from "../../dataflows/work.ts"
import type { VectorWork } from "../../dataflows/vector-work.ts"
import { type MetadataFormat } from "../../dataflows/sparsity/compressed-size.ts"
import { metadataBitsPerKept } from "../../dataflows/sparsity/pattern/pattern-metadata.ts"
import { sorterWork } from "../../dataflows/sparsity/pattern/sorter-work.ts"
import type { SparsityPattern } from "../../dataflows/sparsity/pattern/sparsity-pattern.ts"
import type { ArrayNumbers } from "./array-numbers.ts"
import type { ArrayShape } from "./array-timing.ts"
import { bestTiling, type EstimatedMapping, type Mapping, type Objective } from "./best-mapping.ts"
import { bufferBusy } from "./buffer-busy.ts"
import { type GemmCost, type TileObserver, walkTiles } from "./tile-walk.ts"

/** Bytes of one value of a number format. */
export const bytesOf = { int8: 1, int32: 4, fp16: 2, bf16: 2, fp32: 4 } as const

/** The machine's numbers as the model uses them. */
export interface ArrayModel {
  readonly array: ArrayShape
  readonly dataflows: readonly Dataflow[]
  readonly switchLatency: number
  readonly deliveryPerRow: number
  readonly elementBytes: number
  readonly partialBytes: number
  readonly capacity: TileCapacity
  readonly dramBytesPerCycle: number
  readonly soreLanes: number
  readonly wuveLanes: number
  readonly vectorLanes: number
  readonly buffering: "double" | "serial"
  readonly fusion: "on" | "off"
  readonly objective: Objective
  readonly optimizer: Optimizer
}

/** Features of the machine that can be switched off to see what they buy. */
export const machineFeatures = ["interleave", "scheduling", "fusion", "double-buffering"] as const
export type MachineFeature = (typeof machineFeatures)[number]

export interface ModelOptions {
  /** One dataflow for all products; undefined lets the scheduler choose. */
  readonly dataflow?: Dataflow
  readonly without?: ReadonlySet<string>
  readonly objective?: Objective
  /** Momentum when absent. */
  readonly optimizer?: Optimizer
}

/** Without scheduling, everything runs on the first of the machine's dataflows. */
const dataflowsOf = (machine: ArrayNumbers, { dataflow, without }: ModelOptions): readonly Dataflow[] => {
  if (dataflow !== undefined) return [dataflow]
  return without?.has("scheduling") === true ? machine.array.dataflows.slice(0, 1) : machine.array.dataflows
}

export const arrayModel = (machine: ArrayNumbers, options: ModelOptions = {}): ArrayModel => {
  const off = (feature: MachineFeature): boolean => options.without?.has(feature) === true
  const { array, buffers, dram } = machine
  return {
    array: {
      rows: array.rows.value,
      cols: array.cols.value,
      pipelineLatency: array.pipelineLatency.value,
      accumulateLatency: array.accumulateLatency.value,
      interleave: off("interleave") ? 1 : array.interleave.value,
    },
    dataflows: dataflowsOf(machine, options),
    switchLatency: array.switchLatency.value,
    deliveryPerRow: array.delivery.value,
    elementBytes: bytesOf[machine.dtype],
    partialBytes: bytesOf[machine.accumulate],
    capacity: {
      a: buffers.ifmap.value * buffers.activeShare.value,
      b: buffers.filter.value * buffers.activeShare.value,
      c: buffers.ofmap.value * buffers.activeShare.value,
    },
    dramBytesPerCycle: (dram.bandwidth.value * dram.efficiency.value) / machine.clock.value,
    soreLanes: machine.sore.lanes.value,
    wuveLanes: machine.wuve.lanes.value,
    vectorLanes: machine.vector.lanes.value,
    buffering: off("double-buffering") ? "serial" : "double",
    fusion: off("fusion") ? "off" : "on",
    objective: options.objective ?? "time",
    optimizer: options.optimizer ?? "momentum",
  }
}

/** Hardware units that a stage occupies, each with the cycles it works. */
export type Unit =
  | "array"
  | "buffer.ifmap"
  | "buffer.filter"
  | "buffer.ofmap"
  | "dram"
  | "sore"
  | "wuve"
  | "vector"

/** Costs of a stage. `array` accounts for every cycle of the stage; counts are MACs and bytes. */
export interface StageCost {
  readonly cycles: number
  /** busy and stall.* of the array; sums to `cycles`. */
  readonly array: Readonly<Record<string, number>>
  /** Working cycles of the other units. */
  readonly busy: Partial<Record<Exclude<Unit, "array">, number>>
  readonly operations?: { denseEquivalent: number; nonZero: number; useful: number; issued: number }
  /** Energy-bearing counters: "component/action" → count. */
  readonly counts: Readonly<Record<string, number>>
  readonly mappings: readonly Mapping[]
  readonly bound: string
}

/** Bytes of metadata that one kept value brings with it. */
export const metadataBytes = (sparsity: ReductionSparsity | undefined): number =>
  sparsity === undefined ? 0 : metadataBitsPerKept(sparsity.pattern, sparsity.metadata ?? "index") / 8

/** Bytes per dense element of each operand in DRAM and in its buffer. */
export const operandBytes = (work: MappedGemm, model: ArrayModel): OperandBytes => {
  const { m, n, k } = work.gemm
  const compressed = (keptK(work) / k) * (model.elementBytes + metadataBytes(work.sparsity))
  return {
    // What is pruned on its way in, memory holds dense.
    a: (model.elementBytes * work.a.uniqueElements) / (work.count * m * k),
    b:
      work.sparsity?.operand === "b" && isStoredCompact(work)
        ? compressed
        : (model.elementBytes * work.b.uniqueElements) / (work.count * n * k),
    c: model.elementBytes,
    partial: model.partialBytes,
  }
}

/** A product to be run with a chosen mapping. `switches`: the interconnect changes its dataflow before it. */
export interface ScheduledGemm {
  readonly work: MappedGemm
  readonly mapping: Mapping
  readonly switches: boolean
}

/** Times one mapped product. */
export const costGemm = (
  work: MappedGemm,
  mapping: Mapping,
  model: ArrayModel,
  observe?: TileObserver,
): GemmCost =>
  walkTiles({
    work,
    tiling: mapping.tiling,
    dataflow: mapping.dataflow,
    array: model.array,
    bytes: operandBytes(work, model),
    dramBytesPerCycle: model.dramBytesPerCycle,
    deliveryPerRow: model.deliveryPerRow,
    buffering: model.buffering,
    ...(observe === undefined ? {} : { observe }),
  })

const nothingFits = ({ gemm: { m, n, k } }: MappedGemm, { dataflows, capacity }: ArrayModel): ConfigError =>
  new ConfigError({
    message: `the buffers do not hold one fold of a product of ${m} × ${n} × ${k} (${dataflows.join(" or ")}): tiles may take ${Math.floor(capacity.a)}, ${Math.floor(capacity.b)} and ${Math.floor(capacity.c)} bytes of input, filter and output buffer`,
    remedy: "Enlarge the buffers (buffers.ifmap, buffers.filter, buffers.ofmap), or take a smaller array.",
  })

/**
 * Every dataflow of the machine whose folds fit the buffers, with its best tiling for a product, and the estimated time of
 * all `count` of it. @throws ConfigError when none fits
 */
export const mappingsOf = (work: MappedGemm, model: ArrayModel): readonly EstimatedMapping[] => {
  const bytes = operandBytes(work, model)
  const mappings = model.dataflows.flatMap((dataflow) => {
    const best = bestTiling(
      work,
      dataflow,
      model.array,
      bytes,
      model.capacity,
      model.dramBytesPerCycle,
      model.objective,
    )
    return best === undefined ? [] : [{ ...best, time: best.time * work.count }]
  })
  if (mappings.length === 0) throw nothingFits(work, model)
  return mappings
}

/** The cause that takes most of the array's cycles; both DRAM waits count as one. */
const boundOf = (array: Readonly<Record<string, number>>): string => {
  const dram = (array["stall.dram-read"] ?? 0) + (array["stall.dram-write"] ?? 0)
  let bound = "compute"
  let most = (array["busy"] ?? 0) + (array["stall.unmapped"] ?? 0)
  if (dram > most) [bound, most] = ["dram", dram]
  for (const cause in array) {
    if (cause === "busy" || cause === "stall.unmapped" || cause.startsWith("stall.dram")) continue
    if (array[cause] <= most) continue
    bound = cause.slice("stall.".length)
    most = array[cause]
  }
  return bound
}

/** A stage of products. `costOf` times a mapped product (memoised by the caller). */
export const gemmStageCost = (
  gemms: readonly ScheduledGemm[],
  online: PruneWork | undefined,
  fused: readonly VectorWork[],
  model: ArrayModel,
  costOf: (work: MappedGemm, mapping: Mapping) => GemmCost,
): StageCost => {
  const array = {
    busy: 0,
    "stall.unmapped": 0,
    "stall.switch": 0,
    "stall.delivery": 0,
    "stall.vector": 0,
    "stall.fill-drain": 0,
    "stall.stationary-load": 0,
    "stall.accumulate": 0,
    "stall.dram-read": 0,
    "stall.dram-write": 0,
    "stall.sore": 0,
  }
  const counts: Record<string, number> = {}
  const add = (key: string, count: number): void => {
    counts[key] = (counts[key] ?? 0) + count
  }
  const operations = { denseEquivalent: 0, nonZero: 0, useful: 0, issued: 0 }
  const mappings: Mapping[] = []
  let cycles = 0
  let streaming = 0
  let dramBusy = 0
  const buffers = { ifmap: 0, filter: 0, ofmap: 0 }
  const pes = model.array.rows * model.array.cols
  for (const { work, mapping, switches } of gemms) {
    const cost = costOf(work, mapping)
    mappings.push(mapping)
    const switching = switches ? model.switchLatency : 0
    array["stall.switch"] += switching
    array["stall.delivery"] += cost.delivery
    cycles += cost.cycles + switching
    dramBusy += cost.dramBusy
    streaming += cost.busy
    array["stall.fill-drain"] += cost.fillDrain
    array["stall.stationary-load"] += cost.stationaryLoad
    array["stall.accumulate"] += cost.accumulate
    array["stall.dram-read"] += cost.dramRead
    array["stall.dram-write"] += cost.dramWrite
    const ports = bufferBusy(work, mapping.dataflow, cost, model.array.cols)
    buffers.ifmap += ports.ifmap
    buffers.filter += ports.filter
    buffers.ofmap += ports.ofmap
    const dense = gemmMacs(work.gemm) * work.count
    const nonZero = work.gemm.m * work.gemm.n * keptK(work) * work.count
    const issued = pes * cost.busy
    operations.denseEquivalent += dense
    operations.nonZero += nonZero
    operations.useful += Math.round(nonZero * work.nonZeroShare)
    operations.issued += issued
    const metadata = metadataBytes(work.sparsity)
    add("mac/compute", nonZero)
    add("mac/gated", issued - nonZero)
    add("register/read", nonZero * (2 * model.elementBytes + model.partialBytes))
    add("register/write", nonZero * (2 * model.elementBytes + model.partialBytes))
    const aBytes = model.elementBytes + (work.sparsity?.operand === "a" ? metadata : 0)
    const bBytes = model.elementBytes + (work.sparsity?.operand === "b" ? metadata : 0)
    // Bytes per element are averages (an im2col matrix repeats its input), so sums are whole up to rounding.
    const aLoad = Math.round(cost.aLoadBytes)
    const bLoad = Math.round(cost.bLoadBytes)
    const partialLoad = Math.round(cost.partialLoadBytes)
    const store = Math.round(cost.storeBytes)
    add("sram.ifmap/read", Math.round(cost.aReads * aBytes))
    add("sram.ifmap/write", aLoad)
    add("sram.filter/read", Math.round(cost.bReads * bBytes))
    add("sram.filter/write", bLoad)
    add("sram.ofmap/read", cost.cReads * model.partialBytes + store)
    add("sram.ofmap/write", cost.cWrites * model.partialBytes + partialLoad)
    add(`traffic.${work.a.role}/read`, aLoad)
    add(`traffic.${work.b.role}/read`, bLoad)
    add("traffic.partial-sum/read", partialLoad)
    add("traffic.partial-sum/write", partialLoad)
    add(`traffic.${work.c.role}/write`, store - partialLoad)
    add("dram/read", aLoad + bLoad + partialLoad)
    add("dram/write", store)
    const keptReads = work.sparsity?.operand === "a" ? cost.aReads : cost.bReads
    // Whole bytes, rounded down, so that rounding exceeds no roof.
    add("through.metadata/bytes", Math.floor(keptReads * metadata))
    add("through.delivery/bytes", cost.selected * model.elementBytes)
  }
  // Of the cycles in which operands stream, those count as busy that all processing elements together would need.
  array.busy = Math.round(operations.nonZero / pes)
  array["stall.unmapped"] = streaming - array.busy
  let soreBusy = 0
  if (online !== undefined) {
    const sorting = sortingOf(online.elements, 1, online.pattern, model)
    soreBusy = soreCycles(sorting.taken, 1, model.soreLanes, online.pattern.m)
    for (const [key, count] of Object.entries(sorting.counts)) add(key, count)
    array["stall.sore"] = Math.max(0, soreBusy - cycles)
    cycles += array["stall.sore"]
  }
  const vectorBusy = fused.reduce(
    (sum, { laneElements }) => sum + Math.ceil(laneElements / model.vectorLanes),
    0,
  )
  if (vectorBusy > cycles) {
    array["stall.vector"] = vectorBusy - cycles
    cycles = vectorBusy
  }
  add(
    "through.vector/bytes",
    fused.reduce((sum, { laneElements }) => sum + laneElements, 0) * model.elementBytes,
  )
  const secondOperands = addFused(fused, counts, model)
  dramBusy += secondOperands
  if (dramBusy > cycles) {
    array["stall.dram-read"] += dramBusy - cycles
    cycles = dramBusy
  }
  return {
    cycles,
    array,
    busy: {
      "buffer.ifmap": buffers.ifmap,
      "buffer.filter": buffers.filter,
      "buffer.ofmap": buffers.ofmap,
      dram: dramBusy,
      ...(soreBusy > 0 ? { sore: soreBusy } : {}),
      ...(vectorBusy > 0 ? { vector: vectorBusy } : {}),
    },
    operations,
    counts,
    mappings,
    bound: boundOf(array),
  }
}

/** Adds the counts of fused vector work; returns the cycles of DRAM that its second operands take. */
const addFused = (
  fused: readonly VectorWork[],
  counts: Record<string, number>,
  model: ArrayModel,
): number => {
  let bytes = 0
  const add = (key: string, count: number): void => {
    counts[key] = (counts[key] ?? 0) + count
  }
  for (const work of fused) {
    add("vector/add", work.laneElements * work.adds)
    add("vector/mul", work.laneElements * work.muls)
    add("traffic.activation/read", work.readElements * model.elementBytes)
    add("dram/read", work.readElements * model.elementBytes)
    bytes += work.readElements * model.elementBytes
  }
  return Math.ceil(bytes / model.dramBytesPerCycle)
}

/**
 * Cycles to prune `elements` in `directions` one after the other: every lane takes one dense element a cycle whatever N is,
 * and the first group takes M cycles to come out.
 */
export const soreCycles = (elements: number, directions: number, lanes: number, fill: number): number =>
  directions * Math.ceil(elements / lanes) + fill

/** A stage without products: the array waits for the slowest of the units at work. */
const otherStageCost = (
  unitCycles: Partial<Record<Exclude<Unit, "array">, number>>,
  counts: Readonly<Record<string, number>>,
): StageCost => {
  const cycles = Math.max(0, ...Object.values(unitCycles))
  const slowest = Object.entries(unitCycles).find(([, busy]) => busy === cycles)?.[0] ?? "vector"
  const cause = slowest === "dram" ? "stall.dram-read" : `stall.${slowest}`
  return {
    cycles,
    array: { busy: 0, [cause]: cycles },
    busy: unitCycles,
    counts,
    mappings: [],
    bound: slowest,
  }
}

/** A stage of the vector unit; fused functions are further steps of its lanes' pipelines and take no time of their own. */
const vectorStageCost = (vector: VectorWork, fused: readonly VectorWork[], model: ArrayModel): StageCost => {
  const read = vector.readElements * model.elementBytes
  const written = vector.writtenElements * model.elementBytes
  const counts: Record<string, number> = {
    "vector/add": vector.laneElements * vector.adds,
    "vector/mul": vector.laneElements * vector.muls,
    "through.vector/bytes": vector.laneElements * model.elementBytes,
    "traffic.activation/read": read,
    "traffic.activation/write": written,
    "dram/read": read,
    "dram/write": written,
  }
  const secondOperands = addFused(fused, counts, model)
  return otherStageCost(
    {
      vector: Math.ceil(vector.laneElements / model.vectorLanes),
      dram: Math.ceil((read + written) / model.dramBytesPerCycle) + secondOperands,
    },
    counts,
  )
}

/** Bytes of one compact copy of `elements` weights. */
const compactBytes = (
  elements: number,
  pattern: SparsityPattern,
  metadata: MetadataFormat,
  model: ArrayModel,
): number =>
  ((elements * pattern.n) / pattern.m) * (model.elementBytes + metadataBitsPerKept(pattern, metadata) / 8)

/**
 * What the mask generator takes in for `masks` masks of `elements`, and what that counts. Adding to a score counts as a
 * comparison: both are one operation on the same bits.
 */
const sortingOf = (
  elements: number,
  masks: number,
  pattern: SparsityPattern,
  { elementBytes }: ArrayModel,
): { readonly taken: number; readonly counts: Readonly<Record<string, number>> } => {
  const { taken, comparisons, additions } = sorterWork(elements, pattern)
  return {
    taken,
    counts: {
      "sore/compare": masks * (comparisons + additions),
      "through.sore/bytes": masks * taken * elementBytes,
    },
  }
}

const pruneStageCost = (prune: PruneWork, model: ArrayModel): StageCost => {
  const sorting = sortingOf(prune.elements, 1, prune.pattern, model)
  const read = prune.elements * model.elementBytes
  const written = Math.round(
    prune.copies * compactBytes(prune.elements, prune.pattern, prune.metadata, model),
  )
  return otherStageCost(
    {
      sore: soreCycles(sorting.taken, 1, model.soreLanes, prune.pattern.m),
      dram: Math.ceil((read + written) / model.dramBytesPerCycle),
    },
    {
      ...sorting.counts,
      "traffic.weight/read": read,
      "traffic.compact-weight/write": written,
      "dram/read": read,
      "dram/write": written,
    },
  )
}

/**
 * The optimiser on 32-bit master weights and state, read and written; the gradient is read. Out go a working copy in the
 * array's format, unless every use is sparse, and the N:M copies.
 */
const updateStageCost = (update: UpdateWork, model: ArrayModel): StageCost => {
  const { weights, masks, pattern } = update
  const { stateReads, stateWrites, muls, adds, laneCycles } = updateCost(model.optimizer)
  const sorting = pattern === undefined ? undefined : sortingOf(weights, masks, pattern, model)
  const workingCopy = update.denseCopy ? weights * model.elementBytes : 0
  const compact =
    pattern === undefined
      ? 0
      : Math.round(update.copies * compactBytes(weights, pattern, update.metadata, model))
  const read = weights * (4 * stateReads + model.elementBytes)
  const written = weights * 4 * stateWrites + workingCopy + compact
  return otherStageCost(
    {
      wuve: Math.ceil((weights * laneCycles) / model.wuveLanes),
      ...(masks > 0 && pattern !== undefined && sorting !== undefined
        ? { sore: soreCycles(sorting.taken, masks, model.soreLanes, pattern.m) }
        : {}),
      dram: Math.ceil((read + written) / model.dramBytesPerCycle),
    },
    {
      "wuve/mul": muls * weights,
      "wuve/add": adds * weights,
      ...sorting?.counts,
      // A lane-cycle takes one master weight, 32 bits.
      "through.wuve/bytes": Math.floor(4 * weights * laneCycles),
      "traffic.optimizer-state/read": weights * 4 * stateReads,
      "traffic.optimizer-state/write": weights * 4 * stateWrites,
      "traffic.weight-gradient/read": weights * model.elementBytes,
      "traffic.weight/write": workingCopy,
      "traffic.compact-weight/write": compact,
      "dram/read": read,
      "dram/write": written,
    },
  )
}

/** Cost of a stage without products. */
export const unitStageCost = (
  stage: Exclude<StageWork, { readonly stage: "FF" | "BP" | "WU" }>,
  fused: readonly VectorWork[],
  model: ArrayModel,
): StageCost => {
  switch (stage.stage) {
    case "vector":
      return vectorStageCost(stage.vector, fused, model)
    case "prune":
      return pruneStageCost(stage.prune, model)
    case "update":
      return updateStageCost(stage.update, model)
  }
}
