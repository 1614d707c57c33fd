/**
 * The array engine: a mapped network on an array machine, written as a trace. Units' spans carry the stage's name, the
 * array's the dataflow it was mapped with.
 */
import type { Dataflow } from "../../arch/array-machine.ts"
import type { ArrayMachine } from "../../arch/machine.ts"
import type { MappedWork, StageWork } from "../../dataflows/work.ts"
import type { TraceBuilder } from "../trace/builder.ts"
import type { Mapping } from "./best-mapping.ts"
import { planRun, type PlannedStage } from "./plan.ts"
import { arrayModel, type ArrayModel, costGemm, type Unit } from "./stage-cost.ts"

export interface ArrayRunOptions {
  /** One dataflow for all stages; undefined chooses per stage among the machine's. */
  readonly dataflow?: Dataflow
  /** "tile" adds a span for every tile of every product. */
  readonly detail?: "stage" | "tile"
}

const unitNames: Readonly<Record<Unit, string>> = {
  array: "PE array",
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
})
type Vocabulary = ReturnType<typeof vocabularyOf>

/** Time accounts, operation counts and energy-bearing counts of a stage. */
const writeCounters = (
  builder: TraceBuilder,
  words: Vocabulary,
  span: number,
  { cost }: PlannedStage,
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
  for (const [key, count] of Object.entries(cost.counts)) {
    const slash = key.indexOf("/")
    builder.count(span, builder.code(key.slice(0, slash)), builder.code(key.slice(slash + 1)), count)
  }
}

/** Spans of every tile, on the array's and DRAM's tracks. Returns nothing; the stage's cycles are already known. */
const writeTiles = (
  builder: TraceBuilder,
  words: Vocabulary,
  model: ArrayModel,
  work: StageWork,
  mappings: readonly Mapping[],
  units: { readonly array: number; readonly dram: number },
  start: number,
): void => {
  if (!("gemms" in work)) return
  const compute = builder.code("compute")
  const load = builder.code("load")
  const store = builder.code("store")
  let at = start
  for (const [i, gemm] of work.gemms.entries()) {
    const { cost } = costGemm(gemm, model, {
      fixed: mappings[i],
      observe: (step) => {
        const from = at + step.start
        if (step.compute > 0) {
          builder.span(units.array, words.units.array, words.tile, compute, words.none, from, step.compute)
        }
        if (step.store > 0) {
          builder.span(units.dram, words.units.dram, words.tile, store, words.none, from, step.store)
        }
        if (step.load > 0) {
          builder.span(
            units.dram,
            words.units.dram,
            words.tile,
            load,
            words.none,
            from + step.store,
            step.load,
          )
        }
      },
    })
    at += cost.cycles
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
  const model = arrayModel(machine, options.dataflow)
  const planned = planRun(work, model)
  const words = vocabularyOf(builder)
  const run = builder.span(-1, words.schedule, words.run, builder.code("run"), words.none, 0, 0)
  let at = 0
  let next = 0
  for (const { pass, layers } of work.passes) {
    const passSpan = builder.span(run, words.schedule, words.pass, builder.code(pass), words.none, at, 0)
    const passStart = at
    for (const { layer, stages } of layers) {
      const layerSpan = builder.span(
        passSpan,
        words.schedule,
        words.layer,
        builder.code(layer),
        words.none,
        at,
        0,
      )
      const layerStart = at
      for (const stageWork of stages) {
        const stage = planned[next++]
        const { cost } = stage
        const bound = builder.code(cost.bound)
        const name = builder.code(stage.stage)
        const span = builder.span(layerSpan, words.schedule, words.stage, name, bound, at, cost.cycles)
        writeCounters(builder, words, span, stage)
        const units: Partial<Record<Unit, number>> = {}
        for (const [unit, busy] of Object.entries(cost.busy) as [Unit, number][]) {
          if (busy > 0)
            units[unit] = builder.span(span, words.units[unit], words.unit, name, bound, at, cost.cycles)
        }
        if (cost.operations !== undefined) {
          const dataflows = [...new Set(cost.mappings.map(({ dataflow }) => dataflow))].join("+")
          const mapped = builder.code(dataflows)
          units.array = builder.span(span, words.units.array, words.unit, mapped, bound, at, cost.cycles)
          if (options.detail === "tile" && units.dram !== undefined) {
            writeTiles(
              builder,
              words,
              model,
              stageWork,
              cost.mappings,
              { array: units.array, dram: units.dram },
              at,
            )
          }
        }
        at += cost.cycles
      }
      builder.closeSpan(layerSpan, at - layerStart, words.none)
    }
    builder.closeSpan(passSpan, at - passStart, words.none)
  }
  builder.closeSpan(run, at, words.none)
  return planned
}
