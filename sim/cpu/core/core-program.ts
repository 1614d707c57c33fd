/** A loop body laid out for stepping on one core: micro-operations, pipes and dependencies as typed arrays. */
import type { CpuCoreFile } from "../../../arch/cpu-core.ts"
import { operationCost, type OperationUse } from "../../../arch/cpu-core-catalogue.ts"
import { dependenciesOf, firstPart, result, updatedBase, valuesPerInstruction } from "./dependencies.ts"
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
  /** Cycles before its operands that an instruction may issue on an in-order core. */
  readonly late: Int32Array
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
    const follows = costs[i].uses.some(({ after }) => after > 0)
    const of = ({ on, slots }: OperationUse, value: number) =>
      Array.from({ length: slots }, () => ({ pipes: maskOf(on), value }))
    return [
      ...costs[i].uses.flatMap((use) => of(use, follows && use.after === 0 ? firstPart(i) : result(i))),
      ...(updates[i] ? update.uses.flatMap((use) => of(use, updatedBase(i))) : []),
    ]
  })
  const values = valuesPerInstruction * body.length
  const valueUops = new Int32Array(values)
  for (const { value } of uops.flat()) valueUops[value]++
  const valueLatency = new Int32Array(values)
  for (const [i, { latency, uses }] of costs.entries()) {
    valueLatency[result(i)] = latency - (uses[1]?.after ?? 0)
    valueLatency[updatedBase(i)] = updates[i] ? update.latency : 0
  }
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
    valueLatency,
    firstDependency: firsts(dependencies.map((list) => list.length)),
    dependencyOn: Int32Array.from(flat, ({ on }) => on),
    dependencyBack: Int32Array.from(flat, ({ back }) => back),
    dependencyDelay: Int32Array.from(flat, ({ delay }) => delay),
    blocks: Int32Array.from(costs, ({ blocks }) => blocks),
    late: Int32Array.from(costs, ({ late }) => late),
    apart: (core.apart ?? []).map(({ first, second, at }) => ({
      first: among(first),
      second: among(second),
      at: at.value,
    })),
  }
}
