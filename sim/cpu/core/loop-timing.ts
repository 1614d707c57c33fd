/** How fast a loop runs on a core, and what holds it back. */
import type { CpuCoreFile } from "../../../arch/cpu-core.ts"
import { type CoreProgram, coreProgram } from "./core-program.ts"
import type { Instruction } from "./instruction.ts"
import { type LoopBound, loopBounds, type Resource } from "./loop-bounds.ts"
import { stepInOrder } from "./step-in-order.ts"
import { stepOutOfOrder } from "./step-out-of-order.ts"
import { type IssueObserver, type SteadyRate, type SteppedLoop, steadyRate } from "./stepped-loop.ts"

/**
 * A resource alone, or, where the loop is slower than each of them: the window, the order of issue of an in-order core, or the
 * schedule (oldest first is not always best).
 */
export type Binding = Resource | "window" | "issue order" | "schedule"

export interface LoopTiming {
  readonly cyclesPerIteration: number
  /** Iterations after which the schedule repeats; 0 where it was averaged. */
  readonly period: number
  readonly binding: Binding
  /** Part of the resource, e.g. `fp` of the pipes. */
  readonly part: string
  readonly bounds: readonly LoopBound[]
  /** Share of its cycles that each kind of pipe is taken. */
  readonly utilisation: Readonly<Record<string, number>>
}

/** Iterations that are stepped: 100, more where the window holds many, so that what it holds at first weighs little. */
const iterationsOf = ({ window, instructions }: CoreProgram): number =>
  Math.max(100, Math.ceil((8 * window) / instructions))

/** A loop within this of a bound is held by that resource. */
const near = 1.01

export const stepLoop = (program: CoreProgram, iterations: number, observe?: IssueObserver): SteppedLoop =>
  program.order === "in-order"
    ? stepInOrder(program, iterations, observe)
    : stepOutOfOrder(program, iterations, observe)

const utilisationOf = (
  { pipes }: CoreProgram,
  { busy, cycles }: SteppedLoop,
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...new Set(pipes)].map((kind) => {
      const taken = busy.filter((_, bit) => pipes[bit] === kind)
      return [kind, taken.reduce((sum, n) => sum + n, 0) / (cycles * taken.length)]
    }),
  )

/** Out of order, slower than every bound: what gains most when it alone is eight times as large. */
const relaxed = (program: CoreProgram, cycles: number): Pick<LoopTiming, "binding" | "part"> => {
  const rate = (change: Partial<CoreProgram>): number =>
    steadyRate(stepLoop({ ...program, ...change }, 2 * iterationsOf({ ...program, ...change })))
      .cyclesPerIteration
  const roomy = rate({ window: program.window * 8 })
  const fed = rate({ microOps: program.microOps * 8 })
  if (Math.min(roomy, fed) * near > cycles) return { binding: "schedule", part: "" }
  return fed < roomy ? { binding: "front end", part: "dispatch groups" } : { binding: "window", part: "" }
}

const bindingOf = (
  program: CoreProgram,
  cycles: number,
  [greatest]: readonly LoopBound[],
): Pick<LoopTiming, "binding" | "part"> => {
  if (cycles <= greatest.cycles * near) return { binding: greatest.resource, part: greatest.part }
  return program.order === "in-order" ? { binding: "issue order", part: "" } : relaxed(program, cycles)
}

/** Steps a program until it repeats, five times as long where it does not in time. */
const steadyLoop = (program: CoreProgram): { readonly stepped: SteppedLoop; readonly steady: SteadyRate } => {
  const iterations = iterationsOf(program)
  const stepped = stepLoop(program, iterations)
  const steady = steadyRate(stepped)
  if (steady.period > 0) return { stepped, steady }
  const longer = stepLoop(program, 5 * iterations)
  return { stepped: longer, steady: steadyRate(longer) }
}

/** Cycles of one iteration alone. */
export const steadyCycles = (program: CoreProgram): number => steadyLoop(program).steady.cyclesPerIteration

/** How a loop body runs on a core once it repeats. Everything hits the first level of cache. */
export const loopTiming = (body: readonly Instruction[], core: CpuCoreFile): LoopTiming => {
  const program = coreProgram(body, core)
  const { stepped, steady } = steadyLoop(program)
  const { cyclesPerIteration, period } = steady
  const bounds = loopBounds(program)
  return {
    cyclesPerIteration,
    period,
    ...bindingOf(program, cyclesPerIteration, bounds),
    bounds,
    utilisation: utilisationOf(program, stepped),
  }
}
