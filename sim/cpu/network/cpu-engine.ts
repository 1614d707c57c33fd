/** The CPU engine: planned operators as a trace. One core runs them one after another. */
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
    "llc/read": Math.round(cost.lastCacheRead),
    "traffic.weight/read": weights,
    "traffic.activation/read": read,
    "traffic.activation/write": written,
    "dram/read": weights + read,
    "dram/write": written,
  }
}

/** Writes spans and counters; `bytesPerCycle` is what DRAM delivers. Returns the last cycle. */
export const writeCpuTrace = (
  operators: readonly PlannedOperator[],
  bytesPerCycle: number,
  builder: TraceBuilder,
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
  const opened = new OpenSpans(builder, schedule)
  let at = 0
  for (const { layer, cost } of operators) {
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
    at += cycles
  }
  opened.leave(at)
  return at
}
