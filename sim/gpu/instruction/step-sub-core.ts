/** A sub-core stepped through time: in-order warps, a round-robin scheduler, a scoreboard, units that are busy. */
import { checkProgram, issueUnits, type SubCore, type WarpProgram } from "./warp-program.ts"

/** Issue times of the steady state, read off the first two iterations that start in the same state. */
export interface SteadyState {
  /** Ticks of one iteration of every warp, on average over the repeating part. */
  readonly ticksPerIteration: number
  /** Ticks and iterations before the repeating part. */
  readonly warmUp: { readonly ticks: number; readonly iterations: number }
}

/** Iterations after which a program that has not begun to repeat is given up. */
const mostIterations = 100_000

/**
 * Runs `program` on every warp until the sub-core comes back to a state it was in. At each tick the scheduler takes the
 * first warp after the last one that issued whose next instruction is ready: its warp, its unit and the scheduler are free,
 * and the results that it waits for are there. Ticks in which nothing is ready are skipped.
 * @throws RangeError for a program that is not valid
 */
export const stepSubCore = (program: WarpProgram, subCore: SubCore): SteadyState => {
  checkProgram(program, subCore)
  const { warps, issueInterval } = subCore
  const length = program.length
  /** Results are remembered for as many iterations as a dependency reaches back. */
  const depth = 1 + Math.max(...program.flatMap(({ after }) => [0, ...after.map((d) => d.iterationsBack)]))
  const latency = Int32Array.from(program, (i) => i.latency)
  const interval = Int32Array.from(program, (i) => i.interval)
  const gap = Int32Array.from(program, (i) => i.gap)
  const unit = Uint8Array.from(program, (i) => issueUnits.indexOf(i.unit))
  const firstAfter = new Int32Array(length + 1)
  for (const [i, { after }] of program.entries()) firstAfter[i + 1] = firstAfter[i] + after.length
  const afterOn = Int32Array.from(program.flatMap(({ after }) => after.map((d) => d.on)))
  const afterBack = Int32Array.from(program.flatMap(({ after }) => after.map((d) => d.iterationsBack)))

  const next = new Int32Array(warps)
  const iteration = new Int32Array(warps)
  const warpFree = new Float64Array(warps)
  const unitFree = new Float64Array(issueUnits.length)
  /** Ring by warp, iteration modulo `depth` and instruction; 0 stands for a result that was always there. */
  const resultAt = new Float64Array(warps * depth * length)
  let schedulerFree = 0
  let last = warps - 1
  let now = 0

  const readyAt = (warp: number): number => {
    const at = next[warp]
    let ready = Math.max(warpFree[warp], unitFree[unit[at]])
    for (let d = firstAfter[at]; d < firstAfter[at + 1]; d++) {
      const from = iteration[warp] - afterBack[d]
      if (from >= 0) ready = Math.max(ready, resultAt[(warp * depth + (from % depth)) * length + afterOn[d]])
    }
    return ready
  }

  const issue = (warp: number): void => {
    const at = next[warp]
    resultAt[(warp * depth + (iteration[warp] % depth)) * length + at] = now + latency[at]
    unitFree[unit[at]] = now + interval[at]
    warpFree[warp] = now + gap[at]
    schedulerFree = now + issueInterval
    last = warp
    next[warp] = (at + 1) % length
    if (next[warp] === 0) iteration[warp]++
  }

  /** Everything that the future depends on, relative to now and to the first warp's iteration. */
  const state = (): string => {
    const left = (time: number): number => Math.max(0, time - now)
    const results: number[] = []
    for (let warp = 0; warp < warps; warp++) {
      for (let back = 0; back < depth; back++) {
        const slot = (iteration[warp] + depth - back) % depth
        for (let i = 0; i < length; i++) results.push(left(resultAt[(warp * depth + slot) * length + i]))
      }
    }
    const behind = Array.from(iteration, (i) => i - iteration[0])
    const free = [...warpFree, ...unitFree, schedulerFree].map(left)
    return [last, ...next, ...behind, ...free, ...results].join(" ")
  }

  const seen = new Map<string, { readonly ticks: number; readonly iterations: number }>()
  while (iteration[0] < mostIterations) {
    let chosen = -1
    let soonest = Infinity
    for (let turn = 1; turn <= warps && chosen < 0; turn++) {
      const warp = (last + turn) % warps
      const ready = Math.max(readyAt(warp), schedulerFree)
      if (ready <= now) chosen = warp
      else soonest = Math.min(soonest, ready)
    }
    if (chosen < 0) {
      now = soonest
      continue
    }
    issue(chosen)
    if (chosen !== 0 || next[0] !== 0) continue
    const key = state()
    const before = seen.get(key)
    if (before !== undefined) {
      return {
        ticksPerIteration: (now - before.ticks) / (iteration[0] - before.iterations),
        warmUp: before,
      }
    }
    seen.set(key, { ticks: now, iterations: iteration[0] })
  }
  throw new RangeError(`the program does not repeat within ${mostIterations} iterations`)
}
