/** The CPU engine: planned operators as a trace. One core runs them one after another. */
import type { LoopSample } from "../core/sample-loop.ts"
import { OpenSpans } from "../../trace/open-spans.ts"
import { wholeCycles } from "../../trace/whole-cycles.ts"
import type { TraceBuilder } from "../../trace/builder.ts"
import { boundOf, cyclesOf, type OperatorCost } from "./layer-cost.ts"
import type { PlannedOperator } from "./plan-cpu.ts"

const operatorCycles = ({ account }: OperatorCost): number => Math.max(1, Math.round(cyclesOf(account)))

/** Cycles of a plan, every operator in whole ones. */
export const cpuCycles = (operators: readonly PlannedOperator[]): number =>
  operators.reduce((sum, { cost }) => sum + operatorCycles(cost), 0)

/** Energy-bearing and traffic counters of an operator: "component/action" → count. Bytes, multiply-adds, operations. */
export const operatorCounts = (cost: OperatorCost): Readonly<Record<string, number>> => {
  const [weights, read, written] = [cost.weightsRead, cost.activationsRead, cost.activationsWritten].map(
    Math.round,
  )
  return {
    "mac/compute": Math.round(cost.operations?.issued ?? 0),
    "vector/add": Math.round(cost.pointwise),
    "l1/read": Math.round(cost.l1Read),
    "l1/write": Math.round(cost.l1Written),
    ...(cost.l2Read > 0 ? { "l2/read": Math.round(cost.l2Read) } : {}),
    "llc/read": Math.round(cost.lastCacheRead),
    "traffic.weight/read": weights,
    "traffic.activation/read": read,
    "traffic.activation/write": written,
    "dram/read": weights + read,
    "dram/write": written,
  }
}

/** The longest operator of each kernel that has a sample and takes at least as long. */
const sampledPlaces = (
  operators: readonly PlannedOperator[],
  samples: ReadonlyMap<string, LoopSample>,
): ReadonlyMap<PlannedOperator, LoopSample> => {
  const longest = new Map<string, PlannedOperator>()
  for (const operator of operators) {
    const { kernel } = operator.cost
    const before = longest.get(kernel)
    if (before === undefined || operatorCycles(operator.cost) > operatorCycles(before.cost))
      longest.set(kernel, operator)
  }
  return new Map(
    [...longest].flatMap(([kernel, operator]) => {
      const sample = samples.get(kernel)
      const fits = sample !== undefined && sample.cycles <= operatorCycles(operator.cost)
      return fits ? [[operator, sample] as const] : []
    }),
  )
}

/** Tracks of the front end, the pipes and L1, where there is a sample. */
const sampleTracks = (builder: TraceBuilder, samples: ReadonlyMap<string, LoopSample>) => {
  const [first] = samples.values()
  const track = (id: string, name: string): number => builder.track({ id, name, exclusive: true })
  return first === undefined
    ? undefined
    : {
        frontEnd: track("front-end", "front end, sampled"),
        pipes: first.pipes.map((name) => track(`pipe.${name.replace(" ", "-")}`, `${name} pipe, sampled`)),
        l1: track("l1", "L1, sampled"),
      }
}

/** One stretch of a loop from the start of `parent` on: a span for every issue, and one a cycle of the front end and L1. */
const writeSample = (
  builder: TraceBuilder,
  tracks: NonNullable<ReturnType<typeof sampleTracks>>,
  { issues, issued, bytes }: LoopSample,
  parent: number,
  at: number,
): void => {
  const [tile, none] = [builder.code("tile"), builder.code("")]
  const span = (track: number, name: string, start: number, duration: number): void => {
    builder.span(parent, track, tile, builder.code(name), none, at + start, duration)
  }
  for (const { start, duration, pipe, text } of issues) span(tracks.pipes[pipe], text, start, duration)
  for (const [cycle, count] of issued.entries()) {
    if (count > 0) span(tracks.frontEnd, count === 1 ? "1 instruction" : `${count} instructions`, cycle, 1)
  }
  for (const [cycle, moved] of bytes.entries()) if (moved > 0) span(tracks.l1, `${moved} B`, cycle, 1)
}

/**
 * Writes spans and counters; `bytesPerCycle` is what DRAM delivers. The longest operator of a kernel that has a sample begins
 * with that stretch of its loop, instruction by instruction. Returns the last cycle.
 */
export const writeCpuTrace = (
  operators: readonly PlannedOperator[],
  bytesPerCycle: number,
  builder: TraceBuilder,
  samples: ReadonlyMap<string, LoopSample> = new Map(),
): number => {
  const schedule = builder.track({ id: "schedule", name: "Operators", exclusive: true })
  const simd = builder.track({ id: "simd", name: "vector unit", exclusive: true })
  const dram = builder.track({ id: "dram", name: "DRAM", exclusive: true })
  const [stage, unit, simdTime, dramTime, busyCode, idle, ops, workingSet] = [
    "stage",
    "unit",
    "time.simd",
    "time.dram",
    "busy",
    "stall.idle",
    "ops",
    "working-set",
  ].map((word) => builder.code(word))
  const tracks = sampleTracks(builder, samples)
  const sampled = sampledPlaces(operators, samples)
  const opened = new OpenSpans(builder, schedule)
  let at = 0
  for (const operator of operators) {
    const { layer, cost } = operator
    const cycles = operatorCycles(cost)
    const parent = opened.enter("forward", layer, at)
    const bound = builder.code(boundOf(cost.account))
    const name = builder.code(cost.operations === undefined ? "vector" : "FF")
    const span = builder.span(parent, schedule, stage, name, bound, at, cycles)
    const account = wholeCycles({ ...cost.account }, cycles)
    for (const cause in account) builder.count(span, simdTime, builder.code(cause), account[cause])
    const bytes = cost.weightsRead + cost.activationsRead + cost.activationsWritten
    const busy = Math.min(cycles, Math.round(bytes / bytesPerCycle))
    builder.count(span, dramTime, busyCode, busy)
    builder.count(span, dramTime, idle, cycles - busy)
    if (cost.operations !== undefined) {
      const { denseEquivalent, nonZero, issued } = cost.operations
      builder.count(span, ops, builder.code("dense-equivalent"), Math.round(denseEquivalent))
      builder.count(span, ops, builder.code("non-zero"), Math.round(nonZero))
      builder.count(span, ops, builder.code("useful"), Math.round(nonZero))
      builder.count(span, ops, builder.code("issued"), Math.round(issued))
    }
    const counts = operatorCounts(cost)
    for (const key in counts) {
      const slash = key.indexOf("/")
      builder.count(span, builder.code(key.slice(0, slash)), builder.code(key.slice(slash + 1)), counts[key])
    }
    for (const [part, size] of [
      ["weights", cost.weightBytes],
      ["input", cost.inputBytes],
      ["output", cost.outputBytes],
    ] as const) {
      builder.count(span, workingSet, builder.code(part), Math.round(size))
    }
    builder.span(span, simd, unit, builder.code(cost.kernel), bound, at, cycles)
    if (busy > 0) builder.span(span, dram, unit, name, bound, at, busy)
    const sample = sampled.get(operator)
    if (tracks !== undefined && sample !== undefined) writeSample(builder, tracks, sample, span, at)
    at += cycles
  }
  opened.leave(at)
  return at
}
