/**
 * An in-order core: every instruction issues at the first cycle, no earlier than the one before it, at which its operands and
 * pipes are there, the cycle has room, nothing blocks it and no rule keeps it apart from another. Branches are predicted, loads
 * hit the first level; a register may be written again before it was read (the pipeline keeps order).
 */
import type { CoreProgram } from "./core-program.ts"
import { firstPart, result, updatedBase, valuesPerInstruction } from "./dependencies.ts"
import type { IssueObserver, SteppedLoop } from "./stepped-loop.ts"

/** Cycles back that the rules of pairs may look, a power of two. */
const memory = 64

/** `iterations` of the program, at least 2. */
export const stepInOrder = (
  program: CoreProgram,
  iterations: number,
  observe?: IssueObserver,
): SteppedLoop => {
  const { instructions: length, macroOps: width, blocks, late, apart } = program
  const { firstUop, uopPipes } = program
  const { firstDependency, dependencyOn, dependencyBack, dependencyDelay } = program
  const values = valuesPerInstruction * length
  const issuedAt = new Float64Array(2 * values)
  const pipeFree = new Float64Array(program.pipes.length)
  const tried = new Float64Array(program.pipes.length)
  /** Cycle of each rule's first kind, by cycle modulo `memory`. */
  const seen = new Float64Array(apart.length * memory).fill(-1)
  const busy = new Float64Array(program.pipes.length)
  const ends = new Float64Array(iterations)
  const half = iterations >> 1
  let [now, inCycle, blockedUntil, halfTime] = [0, 0, 0, 0]

  const operandsAt = (i: number, slot: number): number => {
    let ready = 0
    for (let v = firstPart(i); v <= updatedBase(i); v++) {
      for (let d = firstDependency[v]; d < firstDependency[v + 1]; d++) {
        const from = (dependencyBack[d] === 0 ? slot : 1 - slot) * values + dependencyOn[d]
        ready = Math.max(ready, issuedAt[from] + dependencyDelay[d])
      }
    }
    return ready
  }

  /** Takes pipes in `tried` for an issue at `t`; false where a pipe of the first round is not free. */
  const pipesFree = (i: number, t: number): boolean => {
    tried.set(pipeFree)
    for (let uop = firstUop[i]; uop < firstUop[i + 1]; uop++) {
      let pipe = -1
      for (let p = 0; p < tried.length; p++) {
        if ((uopPipes[uop] & (1 << p)) !== 0 && (pipe < 0 || tried[p] < tried[pipe])) pipe = p
      }
      // A second round over the same pipes follows the first; one that others hold does not.
      if (tried[pipe] > t && pipeFree[pipe] > t) return false
      tried[pipe] = Math.max(tried[pipe], t) + 1
    }
    return true
  }

  const isApart = (i: number, t: number): boolean => {
    for (const [rule, { second, at }] of apart.entries()) {
      if (second[i] === 1 && seen[rule * memory + ((t - at) & (memory - 1))] === t - at) return false
    }
    return true
  }

  const issueAt = (i: number, operands: number): number => {
    let t = Math.max(now, blockedUntil, operands - late[i])
    for (;;) {
      const room = t > now ? width : width - inCycle
      const alone = blocks[i] === 0 || t > now || inCycle === 0
      if (room > 0 && alone && isApart(i, t) && pipesFree(i, t)) return t
      t++
    }
  }

  for (let iteration = 0; iteration < iterations; iteration++) {
    const slot = iteration & 1
    for (let i = 0; i < length; i++) {
      const operands = operandsAt(i, slot)
      const t = issueAt(i, operands)
      inCycle = t > now ? 1 : inCycle + 1
      now = t
      if (blocks[i] > 0) blockedUntil = t + blocks[i]
      // One that issued before its operands runs when they are there.
      let last = Math.max(t, operands)
      for (let p = 0; p < tried.length; p++) {
        if (tried[p] === pipeFree[p]) continue
        busy[p] += tried[p] - t
        if (observe !== undefined) observe(t, p, iteration * length + i, tried[p] - t)
        last = Math.max(last, tried[p] - 1)
      }
      pipeFree.set(tried)
      issuedAt[slot * values + result(i)] = last
      issuedAt[slot * values + updatedBase(i)] = t
      for (const [rule, { first }] of apart.entries()) {
        if (first[i] === 1) seen[rule * memory + (t & (memory - 1))] = t
      }
    }
    ends[iteration] = now
    if (iteration === half) {
      busy.fill(0)
      halfTime = now
    }
  }
  return { ends, busy, cycles: now + 1 - halfTime }
}
