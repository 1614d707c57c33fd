/** A loop body laid out for stepping on one core: micro-operations, pipes and dependencies as typed arrays. */
import type { CpuCoreFile } from "../../../arch/cpu-core.ts"
import { operationCost } from "../../../arch/cpu-core-catalogue.ts"
import { dependenciesOf } from "./dependencies.ts"
import type { Instruction } from "./instruction.ts"

/** Pairs of instructions that an in-order core keeps apart; masks by instruction. */
export interface ApartRule {
  readonly first: Uint8Array
  readonly second: Uint8Array
  readonly at: number
}

export interface CoreProgram {
  readonly instructions: number
  readonly order: CpuCoreFile["order"]
  readonly macroOps: number
  readonly microOps: number
  /** Instructions in flight; 0 on an in-order core. */
  readonly window: number
  /** Kind of each pipe, by bit of the masks; kinds that fewer operations share come first. */
  readonly pipes: readonly string[]
  /** Micro-operations of instruction i are `firstUop[i]` up to `firstUop[i + 1]`. */
  readonly firstUop: Int32Array
  /** Pipes that may take it. */
  readonly uopPipes: Int32Array
  /** Value that it is part of. */
  readonly uopValue: Int32Array
  readonly valueUops: Int32Array
  readonly valueLatency: Int32Array
  /** Dependencies of value v are `firstDependency[v]` up to `firstDependency[v + 1]`. */
  readonly firstDependency: Int32Array
  readonly dependencyOn: Int32Array
  readonly dependencyBack: Int32Array
  readonly dependencyDelay: Int32Array
  /** Cycles of issue that an instruction takes for itself on an in-order core; 0 where it shares them. */
  readonly blocks: Int32Array
  readonly apart: readonly ApartRule[]
}

const pipesOf = (core: CpuCoreFile): readonly string[] => {
  const groups = new Set(
    Object.values(core.operations).flatMap(({ uses }) => uses.map(({ on }) => on.toSorted().join("+"))),
  )
  const shared = (kind: string): number =>
    [...groups].filter((group) => group.split("+").includes(kind)).length
  return Object.entries(core.pipes)
    .toSorted(([a], [b]) => shared(a) - shared(b))
    .flatMap(([kind, { value }]) => Array.from({ length: value }, () => kind))
}

/** Running sums: where each of several lists begins when they stand one after another. */
const firsts = (lengths: readonly number[]): Int32Array => {
  const out = new Int32Array(lengths.length + 1)
  for (const [i, length] of lengths.entries()) out[i + 1] = out[i] + length
  return out
}

export const coreProgram = (body: readonly Instruction[], core: CpuCoreFile): CoreProgram => {
  const pipes = pipesOf(core)
  const maskOf = (kinds: readonly string[]): number =>
    pipes.reduce((mask, kind, bit) => (kinds.includes(kind) ? mask | (1 << bit) : mask), 0)
  const update = operationCost(core, "baseUpdate")
  const costs = body.map(({ operation }) => operationCost(core, operation))
  const updates = body.map(({ memory }) => memory !== undefined && memory.update !== "none")
  const uops = body.map((_, i) => {
    const of = (uses: typeof update.uses, value: number) =>
      uses.flatMap(({ on, slots }) => Array.from({ length: slots }, () => ({ pipes: maskOf(on), value })))
    return [...of(costs[i].uses, 2 * i), ...(updates[i] ? of(update.uses, 2 * i + 1) : [])]
  })
  const valueUops = new Int32Array(2 * body.length)
  for (const { value } of uops.flat()) valueUops[value]++
  const dependencies = dependenciesOf(body, core)
  const flat = dependencies.flat()
  const among = (names: readonly string[]): Uint8Array =>
    Uint8Array.from(body, ({ operation }) => (names.includes(operation) ? 1 : 0))
  return {
    instructions: body.length,
    order: core.order,
    macroOps: core.frontEnd.macroOps.value,
    microOps: core.frontEnd.microOps.value,
    window: core.window?.value ?? 0,
    pipes,
    firstUop: firsts(uops.map((list) => list.length)),
    uopPipes: Int32Array.from(uops.flat(), (uop) => uop.pipes),
    uopValue: Int32Array.from(uops.flat(), ({ value }) => value),
    valueUops,
    valueLatency: Int32Array.from(
      costs.flatMap(({ latency }, i) => [latency, updates[i] ? update.latency : 0]),
    ),
    firstDependency: firsts(dependencies.map((list) => list.length)),
    dependencyOn: Int32Array.from(flat, ({ on }) => on),
    dependencyBack: Int32Array.from(flat, ({ back }) => back),
    dependencyDelay: Int32Array.from(flat, ({ delay }) => delay),
    blocks: Int32Array.from(costs, ({ blocks }) => blocks),
    apart: (core.apart ?? []).map(({ first, second, at }) => ({
      first: among(first),
      second: among(second),
      at: at.value,
    })),
  }
}
