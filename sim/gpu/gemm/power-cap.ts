/** The clock that a power limit leaves. */

export interface CappedClock {
  /** Sustained ÷ uncapped clock, at most 1. */
  readonly ratio: number
  /** Watts above idle at the uncapped clock. */
  readonly uncappedPower: number
}

/** Back-to-back runs of one kernel: those before the clock is looked at, and those that are timed. */
export interface BenchmarkRuns {
  readonly warmUp: number
  readonly timed: number
}

/**
 * Clock ratio φ at which dynamic power meets the budget: onChip·φ^γ + offChip = budget · T(φ), T the run time at ratio φ.
 * T falls with φ and energy rises with it, so there is one crossing, found by bisection; more work, or a slower resource,
 * never gives a shorter time. γ stands for the voltage that falls with the clock.
 *
 * The clock comes down with the time constant `settling`; of a benchmark, the runs that are timed see the mean over their
 * time. Work in a network, without `protocol`, sees the settled clock.
 */
export const cappedClock = (
  time: (ratio: number) => number,
  onChipJoules: number,
  offChipJoules: number,
  budget: number,
  gamma: number,
  settling: number,
  protocol: BenchmarkRuns | undefined,
): CappedClock => {
  const full = time(1)
  const uncappedPower = (onChipJoules + offChipJoules) / full
  if (uncappedPower <= budget) return { ratio: 1, uncappedPower }
  let low = 0.1
  let high = 1
  for (let i = 0; i < 12; i++) {
    const middle = (low + high) / 2
    if (onChipJoules * middle ** gamma + offChipJoules > budget * time(middle)) high = middle
    else low = middle
  }
  const settled = (low + high) / 2
  const reached = protocol === undefined ? 1 : settledShare(full / settling, protocol)
  return { ratio: 1 - (1 - settled) * reached, uncappedPower }
}

/** Mean of 1 − e^{−t} over the timed runs, `run` the time of one in time constants of the controller. */
export const settledShare = (run: number, { warmUp, timed }: BenchmarkRuns): number => {
  const start = warmUp * run
  const length = timed * run
  return 1 - (Math.exp(-start) * -Math.expm1(-length)) / length
}
