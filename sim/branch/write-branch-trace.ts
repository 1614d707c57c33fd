/**
 * The branch engine's trace: a span for every window of the program, its time by cause on the core, what the predictor's
 * arrays read and wrote, and what single static branches missed.
 */
import type { EnergyComponent } from "../../arch/energy-component.ts"
import type { BranchMachine } from "../../arch/machine.ts"
import { worstStatus } from "../../arch/worst-status.ts"
import type { TraceBuilder } from "../trace/builder.ts"
import type { Roof } from "../trace/manifest.ts"
import { OpenSpans } from "../trace/open-spans.ts"
import { wholeCycles } from "../trace/whole-cycles.ts"
import type { IntervalCore } from "./core/interval-core.ts"
import type { BranchMeasurement, MeasurementPlan, Phase } from "./measure/measure.ts"
import { column, windowFields } from "./measure/window-series.ts"
import type { PredictorTable } from "./predictor.ts"
import type { BranchModel } from "./sparse/analyse-branches.ts"
import { type Beside, writeBeside, writeSparseModels } from "./write-sparse-models.ts"

/** The core of a machine as interval analysis takes it. */
export const intervalCoreOf = ({ family }: BranchMachine): IntervalCore => ({
  width: family.width.value,
  frontEndDepth: family.frontEndDepth.value,
  decodeRedirect: family.decodeRedirect.value,
  windowEntries: family.windowEntries.value,
  parallelism: { scale: family.parallelism.scale.value, exponent: family.parallelism.exponent.value },
})

/** How a machine's core is measured; `warmUpInstructions` at the start only train. */
export const planOf = (
  machine: BranchMachine,
  { warmUpInstructions, worstBranches }: Pick<MeasurementPlan, "warmUpInstructions" | "worstBranches">,
): MeasurementPlan => ({
  core: intervalCoreOf(machine),
  targetBuffer: {
    entries: machine.family.targetBuffer.entries.value,
    ways: machine.family.targetBuffer.ways.value,
  },
  targetCacheEntries: machine.family.targetCacheEntries.value,
  returnStackEntries: machine.family.returnStackEntries.value,
  windowInstructions: 10_000,
  warmUpInstructions,
  worstBranches,
})

/** Cycles of one window by cause, in the words of a trace. */
export const windowAccount = (core: IntervalCore, row: Float64Array): Readonly<Record<string, number>> => ({
  busy: row[column("instructions")] / core.width,
  "stall.mispredicted": row[column("cycles.mispredicted")],
  "stall.indirect-target": row[column("cycles.indirect-target")],
  "stall.return-target": row[column("cycles.return-target")],
  "stall.decode-redirect": row[column("redirects")] * core.decodeRedirect,
})

/** Registers are not arrays: they are there anyway, and their energy is not in the look-ups. */
const isArray = ({ entries }: PredictorTable): boolean => entries > 1

const componentOf = ({ name }: PredictorTable): string => `predictor.${name.replaceAll(/[^\w-]+/g, "-")}`

/** The predictor's arrays as an energy table prices them. Names are those of the trace's counters. */
export const branchEnergyComponents = (tables: readonly PredictorTable[]): readonly EnergyComponent[] =>
  tables.filter(isArray).map((table) => ({
    component: componentOf(table),
    kind: "sram",
    capacityBytes: (table.entries * table.bitsPerEntry) / 8,
  }))

/** What no program on the core can pass: the width, and one refill of the front end for every misprediction. */
export const branchRoofs = ({ family }: BranchMachine): readonly Roof[] => [
  {
    id: "dispatch",
    name: "dispatch width",
    kind: "unit",
    perCycle: family.width.value,
    counters: ["branch.instructions"],
    status: family.width.status,
    source: "family.width",
  },
  {
    id: "refill",
    name: "refills after mispredictions",
    kind: "unit",
    perCycle: 1 / (family.frontEndDepth.value + 1),
    counters: ["branch.mispredictions"],
    status: worstStatus(family.frontEndDepth.status, "derived"),
    source: "1 ÷ (family.frontEndDepth + 1): a branch that resolves at once",
  },
]

/** Bytes read and written by one array in a window. */
const arrayCounts = (
  table: PredictorTable,
  row: Float64Array,
  index: number,
): { readonly read: number; readonly write: number } => {
  const bytes = table.bitsPerEntry / 8
  return {
    read: Math.round(row[column("conditional")] * table.readsPerPrediction * bytes),
    write: Math.round(row[windowFields.length + index] * bytes),
  }
}

/** Counts of all windows of a phase, "component/action", as the energy of a run sums them. */
export const phaseCounts = (
  tables: readonly PredictorTable[],
  { windows }: Phase,
): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const row of windows.rows) {
    for (const [i, table] of tables.entries()) {
      if (!isArray(table)) continue
      const { read, write } = arrayCounts(table, row, i)
      const component = componentOf(table)
      counts[`${component}/read`] = (counts[`${component}/read`] ?? 0) + read
      counts[`${component}/write`] = (counts[`${component}/write`] ?? 0) + write
    }
  }
  return counts
}

/** Counters of a window that say what happened, not what it cost. */
const bookkeeping = windowFields.filter((field) => !field.startsWith("cycles."))

const cyclesOfWindow = (core: IntervalCore, row: Float64Array): number =>
  Math.max(1, Math.round(Object.values(windowAccount(core, row)).reduce((sum, cycles) => sum + cycles, 0)))

/** What a trace tells beside the run itself. */
export interface BranchAside {
  /** Sparse models that were fitted beforehand. */
  readonly models: readonly BranchModel[]
  readonly beside: readonly Beside[]
  /** What MPKI are of, where that is not the instructions of the records: the header's count. */
  readonly declaredInstructions?: number
}

/** Writes spans and counters; returns the last cycle. */
export const writeBranchTrace = (
  measurement: BranchMeasurement,
  core: IntervalCore,
  builder: TraceBuilder,
  aside: BranchAside = { models: [], beside: [] },
): number => {
  const track = builder.track({ id: "core", name: "core", exclusive: true })
  const [stage, predict, time, branch, none] = ["stage", "predict", "time.core", "branch", ""].map((word) =>
    builder.code(word),
  )
  const arrays = measurement.tables
    .map((table, index) => ({ table, index, component: builder.code(componentOf(table)) }))
    .filter(({ table }) => isArray(table))
  const [read, write] = [builder.code("read"), builder.code("write")]
  const opened = new OpenSpans(builder, track)
  let at = 0
  let last = -1
  for (const [name, { windows }] of [
    ["warm-up", measurement.warmUp],
    ["measured", measurement.measured],
  ] as const) {
    const digits = String(windows.rows.length).length
    for (const [k, row] of windows.rows.entries()) {
      const cycles = cyclesOfWindow(core, row)
      const parent = opened.enter(name, `window ${String(k + 1).padStart(digits, "0")}`, at)
      const span = builder.span(parent, track, stage, predict, none, at, cycles)
      const account = wholeCycles(windowAccount(core, row), cycles)
      for (const cause in account) builder.count(span, time, builder.code(cause), account[cause])
      for (const field of bookkeeping) builder.count(span, branch, builder.code(field), row[column(field)])
      for (const { table, index, component } of arrays) {
        const counts = arrayCounts(table, row, index)
        builder.count(span, component, read, counts.read)
        builder.count(span, component, write, counts.write)
      }
      at += cycles
      last = span
    }
  }
  // Of the whole measured phase; they hang on its last window, since counters belong to stages.
  for (const { address, executions, taken, misses } of measurement.worst) {
    const component = builder.code(`static-branch.${address}`)
    builder.count(last, component, builder.code("executions"), executions)
    builder.count(last, component, builder.code("taken"), taken)
    builder.count(last, component, builder.code("misses"), misses)
  }
  if (aside.declaredInstructions !== undefined) {
    builder.count(last, branch, builder.code("declared-instructions"), aside.declaredInstructions)
  }
  writeSparseModels(aside.models, builder, last)
  writeBeside(aside.beside, builder, last)
  opened.leave(at)
  return at
}
