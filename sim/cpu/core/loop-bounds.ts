/**
 * Lower bounds of a loop in closed form, each from one resource alone: no schedule can be faster than any of them, and the
 * stepped core is as fast as the greatest where one resource binds.
 */
import type { CoreProgram } from "./core-program.ts"
import { valuesPerInstruction } from "./dependencies.ts"
import { maxCycleMean } from "./max-cycle-mean.ts"

export type Resource = "front end" | "pipes" | "latency chain"

export interface LoopBound {
  readonly resource: Resource
  /**
   * Which part of it: `instructions` or `micro-operations`, the kinds of pipes, nothing; `alone, then fp` is issue cycles that
   * instructions take for themselves, and in the others those pipes.
   */
  readonly part: string
  /** Cycles of one iteration. */
  readonly cycles: number
}

/** Instructions over the width, those that issue alone for as long as they block; micro-operations over theirs. */
const frontEndBounds = (program: CoreProgram): readonly LoopBound[] => {
  const { instructions, macroOps, microOps, blocks, firstUop } = program
  const alone = blocks.reduce((sum, b) => sum + b, 0)
  const shared = blocks.reduce((count, b) => (b === 0 ? count + 1 : count), 0)
  return [
    { resource: "front end", part: "instructions", cycles: shared / macroOps + alone },
    { resource: "front end", part: "micro-operations", cycles: firstUop[instructions] / microOps },
  ]
}

const bits = (mask: number): number => {
  let count = 0
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++
  return count
}

/**
 * Cycles in which nothing else issues, and the pipes of what has to issue in the others: micro-operations of instructions that
 * do not block and that take each pipe once, in the cycle in which they issue.
 */
const besideAlone = ({ blocks, firstUop, uopPipes }: CoreProgram) => {
  const pipes: number[] = []
  for (const [i, block] of blocks.entries()) {
    const own = [...uopPipes.subarray(firstUop[i], firstUop[i + 1])]
    const rounds = own.some((mask) => own.filter((other) => other === mask).length > bits(mask))
    if (block === 0 && !rounds) pipes.push(...own)
  }
  return { alone: blocks.reduce((sum, b) => sum + b, 0), pipes }
}

/**
 * For every union of the sets of pipes that micro-operations may take: those that can go nowhere else, over its pipes. By the
 * theorem of Hall no other set of pipes can bind more.
 */
const pipeBounds = (program: CoreProgram): readonly LoopBound[] => {
  const { uopPipes, pipes } = program
  const unions = new Set<number>()
  for (const mask of new Set(uopPipes)) {
    for (const union of [0, ...unions]) unions.add(union | mask)
  }
  const beside = besideAlone(program)
  return [...unions].flatMap((union) => {
    const inside = (mask: number): boolean => (mask & ~union) === 0
    const uops = uopPipes.reduce((count, mask) => (inside(mask) ? count + 1 : count), 0)
    const part = [...new Set(pipes.filter((_, bit) => (union & (1 << bit)) !== 0))].join("+")
    const bound = { resource: "pipes" as const, part, cycles: uops / bits(union) }
    if (beside.alone === 0) return [bound]
    const others = beside.pipes.reduce((count, mask) => (inside(mask) ? count + 1 : count), 0)
    return [
      bound,
      {
        resource: "front end" as const,
        part: `alone, then ${part}`,
        cycles: beside.alone + others / bits(union),
      },
    ]
  })
}

/**
 * The slowest chain of dependencies round the loop: the greatest mean, over cycles of values carried from one iteration to the
 * next, of the longest path from one to another.
 */
const chainBound = (program: CoreProgram): LoopBound => {
  const { instructions, firstDependency, dependencyOn, dependencyBack, dependencyDelay } = program
  const values = valuesPerInstruction * instructions
  const carried = [...new Set(dependencyOn.filter((_, d) => dependencyBack[d] === 1))]
  const n = carried.length
  const weights = new Float64Array(n * n)
  for (const [row, start] of carried.entries()) {
    const longest = new Float64Array(values).fill(-Infinity)
    for (let value = 0; value < values; value++) {
      for (let d = firstDependency[value]; d < firstDependency[value + 1]; d++) {
        const on = dependencyOn[d]
        const before = dependencyBack[d] === 0 ? longest[on] : on === start ? 0 : -Infinity
        longest[value] = Math.max(longest[value], before + dependencyDelay[d])
      }
    }
    for (const [column, end] of carried.entries()) weights[row * n + column] = longest[end]
  }
  return { resource: "latency chain", part: "", cycles: maxCycleMean(weights, n) }
}

/** All bounds, the greatest first. */
export const loopBounds = (program: CoreProgram): readonly LoopBound[] =>
  [...frontEndBounds(program), ...pipeBounds(program), chainBound(program)].toSorted(
    (a, b) => b.cycles - a.cycles,
  )
