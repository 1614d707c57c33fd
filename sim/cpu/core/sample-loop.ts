/** A stretch of a loop as a core runs it: which instruction takes which pipe in which cycle, and what the front end and L1 give. */
import type { CpuCoreFile } from "../../../arch/cpu-core.ts"
import { coreProgram } from "./core-program.ts"
import type { Instruction } from "./instruction.ts"
import { stepLoop } from "./loop-timing.ts"

export interface LoopSample {
  /** Iterations of the stretch, and its cycles. */
  readonly iterations: number
  readonly cycles: number
  /** Name of each pipe: its kind, numbered where there are several. */
  readonly pipes: readonly string[]
  /** By cycle from the start of the stretch, then by pipe. */
  readonly issues: readonly {
    readonly start: number
    readonly duration: number
    readonly pipe: number
    /** The instruction's text. */
    readonly text: string
  }[]
  /** Instructions whose first micro-operation issues, and bytes that their loads and stores move, by cycle. */
  readonly issued: Int32Array
  readonly bytes: Int32Array
}

/** Iterations of the stretch, and how many windows full of them run before it, until the loop repeats, and one after it. */
const sampled = 8
const windowsBefore = 4
const leastBefore = 16

const namesOf = (kinds: readonly string[]): readonly string[] =>
  kinds.map((kind, bit) => {
    const many = kinds.filter((other) => other === kind).length > 1
    return many ? `${kind} ${kinds.slice(0, bit + 1).filter((other) => other === kind).length}` : kind
  })

export const sampleLoop = (body: readonly Instruction[], core: CpuCoreFile): LoopSample => {
  const program = coreProgram(body, core)
  const seen: { cycle: number; pipe: number; instance: number; cycles: number }[] = []
  const inWindow = Math.ceil(program.window / program.instructions) + 1
  const warmUp = Math.max(leastBefore, windowsBefore * inWindow)
  const { ends } = stepLoop(program, warmUp + sampled + inWindow, (cycle, pipe, instance, cycles) => {
    seen.push({ cycle, pipe, instance, cycles })
  })
  const from = ends[warmUp - 1]
  const cycles = ends[warmUp + sampled - 1] - from
  const inside = seen
    .filter(({ cycle, cycles: length }) => cycle >= from && cycle + length <= from + cycles)
    .toSorted((a, b) => a.cycle - b.cycle || a.pipe - b.pipe)
  const issued = new Int32Array(cycles)
  const bytes = new Int32Array(cycles)
  const firstIssue = new Map<number, number>()
  for (const { cycle, instance } of seen) {
    firstIssue.set(instance, Math.min(cycle, firstIssue.get(instance) ?? cycle))
  }
  for (const [instance, cycle] of firstIssue) {
    if (cycle < from || cycle >= from + cycles) continue
    issued[cycle - from]++
    const { memory } = body[instance % body.length]
    if (memory !== undefined && memory.access !== "prefetch") bytes[cycle - from] += memory.bytes
  }
  return {
    iterations: sampled,
    cycles,
    pipes: namesOf(program.pipes),
    issues: inside.map(({ cycle, pipe, instance, cycles: duration }) => ({
      start: cycle - from,
      duration,
      pipe,
      text: body[instance % body.length].text,
    })),
    issued,
    bytes,
  }
}
