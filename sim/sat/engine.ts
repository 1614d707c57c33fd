/**
 * The array engine: a mapped network on an array machine, written as a trace. Units' spans carry the stage's name, the
 * array's the dataflow it was mapped with.
 */
import type { ArrayMachine } from "../../arch/machine.ts"
import type { MappedWork } from "../../dataflows/work.ts"
import type { TraceBuilder } from "../trace/builder.ts"
import { addFilledRectangles, filledCounts, type FilledRectangles } from "./array-occupancy.ts"
import { type FixedSchedule, type PlannedStage, planRun } from "./plan.ts"
import {
  arrayModel,
  type ArrayModel,
  costGemm,
  type ModelOptions,
  type ScheduledGemm,
  type Unit,
} from "./stage-cost.ts"

export interface ArrayRunOptions extends ModelOptions {
  /** "tile" adds a span for every tile of every product. */
  readonly detail?: "stage" | "tile"
  /** Mappings that must be used, by place. */
  readonly schedule?: FixedSchedule
}

const unitNames: Readonly<Record<Unit, string>> = {
  array: "PE array",
  "buffer.ifmap": "Input buffer, array side",
  "buffer.filter": "Filter buffer, array side",
  "buffer.ofmap": "Output buffer, array side",
  dram: "DRAM",
  sore: "N:M mask generator (SORE)",
  wuve: "Weight-update engine (WUVE)",
  vector: "Vector unit",
}

/** Tracks and string codes of a trace, looked up once. */
const vocabularyOf = (builder: TraceBuilder) => ({
  schedule: builder.track({ id: "schedule", name: "Schedule", exclusive: true }),
  units: Object.fromEntries(
    (Object.keys(unitNames) as Unit[]).map((unit) => [
      unit,
      builder.track({ id: unit, name: unitNames[unit], exclusive: true }),
    ]),
  ) as Record<Unit, number>,
  run: builder.code("run"),
  pass: builder.code("pass"),
  layer: builder.code("layer"),
  stage: builder.code("stage"),
  unit: builder.code("unit"),
  tile: builder.code("tile"),
  none: builder.code(""),
  ops: builder.code("ops"),
  busy: builder.code("busy"),
  idle: builder.code("stall.idle"),
  counters: new Map<string, readonly [number, number]>(),
})
type Vocabulary = ReturnType<typeof vocabularyOf>

/** Codes of a counter's component and action, worked out once for each "component/action". */
const counterCodes = (builder: TraceBuilder, words: Vocabulary, key: string): readonly [number, number] => {
  const known = words.counters.get(key)
  if (known !== undefined) return known
  const slash = key.indexOf("/")
  const codes = [builder.code(key.slice(0, slash)), builder.code(key.slice(slash + 1))] as const
  words.counters.set(key, codes)
  return codes
}

/** Time accounts, operation counts, energy-bearing counts of a stage, and what it fills of the array. */
const writeCounters = (
  builder: TraceBuilder,
  words: Vocabulary,
  span: number,
  { cost }: PlannedStage,
  filled: Readonly<Record<string, number>>,
): void => {
  const time = builder.code("time.array")
  for (const [cause, cycles] of Object.entries(cost.array))
    builder.count(span, time, builder.code(cause), cycles)
  for (const [unit, busy] of Object.entries(cost.busy)) {
    const account = builder.code(`time.${unit}`)
    builder.count(span, account, words.busy, busy)
    builder.count(span, account, words.idle, cost.cycles - busy)
  }
  if (cost.operations !== undefined) {
    const { denseEquivalent, nonZero, useful, issued } = cost.operations
    builder.count(span, words.ops, builder.code("dense-equivalent"), denseEquivalent)
    builder.count(span, words.ops, builder.code("non-zero"), nonZero)
    builder.count(span, words.ops, builder.code("useful"), useful)
    builder.count(span, words.ops, builder.code("issued"), issued)
  }
  for (const counts of [cost.counts, filled]) {
    for (const key in counts) {
      const [component, action] = counterCodes(builder, words, key)
      builder.count(span, component, action, counts[key])
    }
  }
}

/** Counters of what the products of a stage fill of the array. */
const filledBy = (
  gemms: readonly ScheduledGemm[],
  { array }: ArrayModel,
): Readonly<Record<string, number>> => {
  const rectangles: FilledRectangles = new Map()
  for (const { work, mapping } of gemms) addFilledRectangles(work, mapping, array, rectangles)
  return filledCounts(rectangles)
}

/** Spans of every tile of a stage, on the array's and DRAM's tracks; the stage's cycles are already known. */
const writeTiles = (
  builder: TraceBuilder,
  words: Vocabulary,
  model: ArrayModel,
  gemms: readonly ScheduledGemm[],
  units: { readonly array: number; readonly dram: number },
  start: number,
): void => {
  const compute = builder.code("compute")
  const load = builder.code("load")
  const store = builder.code("store")
  const tile = (parent: number, track: number, name: number, from: number, duration: number): void => {
    if (duration > 0) builder.span(parent, track, words.tile, name, words.none, from, duration)
  }
  let at = start
  for (const { work, mapping, switches } of gemms) {
    if (switches) at += model.switchLatency
    const origin = at
    const { cycles } = costGemm(work, mapping, model, (step) => {
      const from = origin + step.start
      tile(units.array, words.units.array, compute, from, step.compute)
      tile(units.dram, words.units.dram, store, from, step.store)
      tile(units.dram, words.units.dram, load, from + step.store, step.load)
    })
    at += cycles
  }
}

/** Opens and closes the spans of passes and layers as their stages come by. */
class OpenSpan {
  #id = -1
  #name = ""
  #start = 0
  readonly #builder: TraceBuilder
  readonly #kind: number
  readonly #words: Vocabulary

  constructor(builder: TraceBuilder, words: Vocabulary, kind: number) {
    this.#builder = builder
    this.#words = words
    this.#kind = kind
  }

  /** The span called `name` below `parent`, which goes on if it is already open. */
  enter(name: string, parent: number, at: number): number {
    if (this.#id >= 0 && this.#name === name) return this.#id
    this.leave(at)
    this.#name = name
    this.#start = at
    const { schedule, none } = this.#words
    this.#id = this.#builder.span(parent, schedule, this.#kind, this.#builder.code(name), none, at, 0)
    return this.#id
  }

  leave(at: number): void {
    if (this.#id >= 0) this.#builder.closeSpan(this.#id, at - this.#start, this.#words.none)
    this.#id = -1
  }
}

/**
 * Runs `work` on `machine` and writes its spans and counters. Stages follow one another; within a stage the units overlap.
 * Returns the planned stages.
 */
export const simulateArray = (
  machine: ArrayMachine,
  work: MappedWork,
  builder: TraceBuilder,
  options: ArrayRunOptions = {},
): readonly PlannedStage[] => {
  const model = arrayModel(machine, options)
  const planned = planRun(work, model, options.schedule)
  const words = vocabularyOf(builder)
  const run = builder.span(-1, words.schedule, words.run, builder.code("run"), words.none, 0, 0)
  const passes = new OpenSpan(builder, words, words.pass)
  const layers = new OpenSpan(builder, words, words.layer)
  let pass = ""
  let at = 0
  for (const stage of planned) {
    const { cost, gemms } = stage
    if (stage.pass !== pass) {
      layers.leave(at)
      pass = stage.pass
    }
    const layer = layers.enter(stage.layer, passes.enter(pass, run, at), at)
    const bound = builder.code(cost.bound)
    const name = builder.code(stage.stage)
    const span = builder.span(layer, words.schedule, words.stage, name, bound, at, cost.cycles)
    writeCounters(builder, words, span, stage, filledBy(gemms, model))
    const units: Partial<Record<Unit, number>> = {}
    for (const [unit, busy] of Object.entries(cost.busy) as [Unit, number][]) {
      if (busy > 0)
        units[unit] = builder.span(span, words.units[unit], words.unit, name, bound, at, cost.cycles)
    }
    if (gemms.length > 0) {
      const mapped = builder.code([...new Set(gemms.map(({ mapping }) => mapping.dataflow))].join("+"))
      units.array = builder.span(span, words.units.array, words.unit, mapped, bound, at, cost.cycles)
      if (options.detail === "tile" && units.dram !== undefined) {
        writeTiles(builder, words, model, gemms, { array: units.array, dram: units.dram }, at)
      }
    }
    at += cost.cycles
  }
  layers.leave(at)
  passes.leave(at)
  builder.closeSpan(run, at, words.none)
  return planned
}
