/** What stepping a loop gives, whatever the core. */
export interface SteppedLoop {
  /** Cycle at which each iteration ended: its last instruction retired, or issued on an in-order core. */
  readonly ends: Float64Array
  /** Cycles that each pipe was taken between the middle and the last of the iterations. */
  readonly busy: Float64Array
  /** Cycles of that second half. */
  readonly cycles: number
}

/**
 * Told of every micro-operation as it issues, for so many cycles. `pipe` is a bit of the program's masks; `instance` counts the
 * instructions of all iterations in program order.
 */
export type IssueObserver = (cycle: number, pipe: number, instance: number, cycles: number) => void

/** Cycles of one iteration once the loop repeats. */
export interface SteadyRate {
  readonly cyclesPerIteration: number
  /** Iterations after which the pattern of ends repeats; 0 where none was found and the second half is averaged. */
  readonly period: number
}

/** Whether the ends from `from` on repeat with this period. */
const isPeriodic = (ends: Float64Array, period: number, from: number): boolean => {
  for (let k = ends.length - 1; k >= from + period; k--) {
    if (ends[k] - ends[k - 1] !== ends[k - period] - ends[k - period - 1]) return false
  }
  return true
}

/**
 * The rate of the second half of a run: exact where its ends repeat at least three times over, else their mean, which is off by
 * at most what the loop's time varies divided by the iterations of the half.
 */
export const steadyRate = ({ ends }: Pick<SteppedLoop, "ends">): SteadyRate => {
  const last = ends.length - 1
  const half = last >> 1
  for (let period = 1; period * 3 <= last - half; period++) {
    if (!isPeriodic(ends, period, half + 1)) continue
    return { cyclesPerIteration: (ends[last] - ends[last - period]) / period, period }
  }
  return { cyclesPerIteration: (ends[last] - ends[half]) / (last - half), period: 0 }
}
