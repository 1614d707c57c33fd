/** The operators of a run on a core: what binds each, what it works on, and which cache holds that. */
import type { Trace } from "../sim/trace/trace.ts"
import { type Aggregate, sumOf } from "./aggregate.ts"
import { unitNames } from "./unit-names.ts"

/** The caches of the core, smallest first, with their capacity in bytes. */
export interface CacheLevel {
  readonly name: string
  readonly bytes: number
}

export interface CoreOperator {
  readonly layer: string
  readonly stage: string
  readonly kernel: string
  readonly cycles: number
  /** Cycles of the vector unit by cause, busy ones first, then as the trace lists them. */
  readonly causes: readonly { readonly cause: string; readonly cycles: number }[]
  /** The cause that takes most of them. */
  readonly bound: string
  /** Bytes. */
  readonly weights: number
  readonly input: number
  readonly output: number
  /** The smallest cache that holds weights, input and output together; "DRAM" where none does. */
  readonly fits: string
  /** Bytes read at each level. */
  readonly fromL1: number
  /** From a core's own second cache; 0 where it has none. */
  readonly fromL2: number
  readonly fromLastCache: number
  readonly fromDram: number
}

export interface CoreOperators {
  readonly caches: readonly CacheLevel[]
  /** In order of time. */
  readonly operators: readonly CoreOperator[]
  /** Share of the run's cycles in operators whose working set no cache holds, 0 to 1. */
  readonly beyond: number
}

const cachePaths = [
  ["L1", "family.l1.capacity"],
  ["L2", "l2.capacity"],
  ["last cache", "lastCache.capacity"],
] as const

/** Undefined for a run whose trace says nothing of working sets. */
export const coreOperators = (trace: Trace, run: Aggregate): CoreOperators | undefined => {
  if (!run.columns.some(({ component }) => component === "working-set")) return undefined
  const kernels = unitNames(trace, "simd")
  const caches = cachePaths.flatMap(([name, path]): readonly CacheLevel[] => {
    const number = run.manifest.machine.numbers.find((one) => one.path === path)
    return number === undefined ? [] : [{ name, bytes: number.value }]
  })
  const operators = run.items
    .filter(({ stage }) => stage !== "")
    .map((item): CoreOperator => {
      const of = (...keys: readonly string[]): number => sumOf(run, item, keys)
      const [weights, input, output] = ["weights", "input", "output"].map((part) => of(`working-set.${part}`))
      const causes = run.columns
        .map(({ component, action }, column) => ({ component, action, cycles: item.counts[column] }))
        .filter(({ component, cycles }) => component === "time.simd" && cycles > 0)
        .map(({ action, cycles }) => ({ cause: action.replace("stall.", ""), cycles }))
      return {
        layer: item.layer,
        stage: item.stage,
        kernel: kernels.get(item.span) ?? "",
        cycles: item.cycles,
        causes,
        bound: item.bound,
        weights,
        input,
        output,
        fits: caches.find(({ bytes }) => weights + input + output <= bytes)?.name ?? "DRAM",
        fromL1: of("l1.read"),
        fromL2: of("l2.read"),
        fromLastCache: of("llc.read"),
        fromDram: of("dram.read"),
      }
    })
  const beyond = operators.filter(({ fits }) => fits === "DRAM").reduce((sum, { cycles }) => sum + cycles, 0)
  return { caches, operators, beyond: beyond / Math.max(1, run.cycles) }
}
