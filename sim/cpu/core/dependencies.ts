/** What each instruction of a loop body waits for: registers, accumulators, and stores to the same place on the stack. */
import { type CpuCoreFile, coreOperations } from "../../../arch/cpu-core.ts"
import { operationCost } from "../../../arch/cpu-core-catalogue.ts"
import { type Instruction, type MemoryOperand, registers } from "./instruction.ts"

/**
 * An instruction gives up to three values: its result (or, of a store, its place in the store queue), the base register that it
 * updates, and, where its micro-operations follow one another, what the first gives to the second.
 */
export const valuesPerInstruction = 3
export const firstPart = (i: number): number => 3 * i
export const result = (i: number): number => 3 * i + 1
export const updatedBase = (i: number): number => 3 * i + 2

const instructionOf = (value: number): number => Math.trunc(value / valuesPerInstruction)

export interface Dependency {
  readonly on: number
  /** 0 in the same iteration, 1 in the one before. */
  readonly back: 0 | 1
  /** Cycles from the issue of the value waited for to the issue of what waits. */
  readonly delay: number
}

const isMultiplyAccumulate = ({ operation }: Instruction): boolean =>
  operation === "fma" || operation === "fmaHalf"

/** Whether the base never changes in the loop, so that equal offsets mean equal places. */
const overlaps = (a: MemoryOperand, b: MemoryOperand): boolean =>
  a.base === b.base &&
  a.offset !== undefined &&
  b.offset !== undefined &&
  a.offset < b.offset + b.bytes &&
  b.offset < a.offset + a.bytes

/**
 * Dependencies of every value, by value. Registers are renamed: only a read waits. Loads wait for stores where both name the
 * same bytes of a base that the loop does not change; other accesses are taken not to alias.
 */
export const dependenciesOf = (
  body: readonly Instruction[],
  core: CpuCoreFile,
): readonly (readonly Dependency[])[] => {
  const costs = Object.fromEntries(coreOperations.map((name) => [name, operationCost(core, name)]))
  const afterOf = ({ operation }: Instruction): number => costs[operation].uses[1]?.after ?? 0
  const latencyOf = (value: number): number => {
    const instruction = body[instructionOf(value)]
    return value === updatedBase(instructionOf(value))
      ? costs["baseUpdate"].latency
      : costs[instruction.operation].latency - afterOf(instruction)
  }
  /** Value that last wrote each register; -1 where none did. */
  const writer = new Int32Array(registers).fill(-1)
  const written = new Uint8Array(registers)
  const write = (i: number): void => {
    for (const register of body[i].writes) writer[register] = result(i)
    const { memory } = body[i]
    if (memory !== undefined && memory.update !== "none") writer[memory.base] = updatedBase(i)
  }
  for (let i = 0; i < body.length; i++) write(i)
  for (let register = 0; register < registers; register++) written[register] = writer[register] < 0 ? 0 : 1

  const storeBefore = (i: number): Dependency | undefined => {
    const { memory } = body[i]
    if (memory?.access !== "load" || written[memory.base] === 1) return undefined
    for (let k = 1; k <= body.length; k++) {
      const at = (i - k + body.length) % body.length
      const { memory: other } = body[at]
      if (other?.access !== "store" || !overlaps(memory, other)) continue
      return { on: result(at), back: k > i ? 1 : 0, delay: core.storeForward.value }
    }
    return undefined
  }

  return body.flatMap((instruction, i) => {
    const { reads, accumulator, memory } = instruction
    const after = (register: number, delayOf: (value: number) => number): readonly Dependency[] => {
      const on = writer[register]
      return on < 0 ? [] : [{ on, back: instructionOf(on) >= i ? 1 : 0, delay: delayOf(on) }]
    }
    const accumulated = (value: number): number => {
      const from = body[instructionOf(value)]
      return isMultiplyAccumulate(from) && from.operation === instruction.operation
        ? costs[instruction.operation].accumulate
        : latencyOf(value)
    }
    const base = memory === undefined ? [] : after(memory.base, latencyOf)
    const store = storeBefore(i)
    const sources = [
      ...reads.flatMap((register) => after(register, latencyOf)),
      ...(accumulator === undefined ? [] : after(accumulator, accumulated)),
      ...base,
      ...(store === undefined ? [] : [store]),
    ]
    write(i)
    const updates = memory === undefined || memory.update === "none" ? [] : base
    const delay = afterOf(instruction)
    return delay === 0 ? [[], sources, updates] : [sources, [{ on: firstPart(i), back: 0, delay }], updates]
  })
}
