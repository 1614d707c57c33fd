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

/** Watts above idle that a board may draw: on average over its controller's time, and at once. */
export interface PowerBudget {
  readonly sustained: number
  readonly surge: number
}

/**
 * Clock ratio φ at which dynamic power meets a budget: onChip·φ^γ + offChip = budget · T(φ), T the run time at ratio φ.
 * T falls with φ and energy rises with it, so there is one crossing; more work, or a slower resource, never gives a shorter
 * time. γ stands for the voltage that falls with the clock.
 *
 * The surge budget holds at once. From there the clock comes down to the sustained one with the time constant `settling`; of a
 * benchmark, the runs that are timed see the mean over their time. Work in a network, without `protocol`, sees the settled clock.
 */
export const cappedClock = (
  time: (ratio: number) => number,
  onChipJoules: number,
  offChipJoules: number,
  budget: PowerBudget,
  gamma: number,
  settling: number,
  protocol: BenchmarkRuns | undefined,
): CappedClock => {
  const full = time(1)
  const uncappedPower = (onChipJoules + offChipJoules) / full
  const within = (watts: number): number => {
    if (uncappedPower <= watts) return 1
    const excess = (ratio: number): number =>
      onChipJoules * ratio ** gamma + offChipJoules - watts * time(ratio)
    return crossing(excess, 0.1, 1, onChipJoules + offChipJoules - watts * full)
  }
  const settled = within(budget.sustained)
  const reached = settled === 1 || protocol === undefined ? 1 : settledShare(full / settling, protocol)
  const ratio = reached === 1 ? settled : settled * reached + within(budget.surge) * (1 - reached)
  return { ratio, uncappedPower }
}

/**
 * Where a rising function crosses zero between `low` and `high`, to 1e-4; `low` if it is above zero all along. Regula falsi,
 * with the weight of an end that stays halved (Illinois), so four or five evaluations do.
 */
const crossing = (f: (x: number) => number, low: number, high: number, atHigh: number): number => {
  let [a, fa, b, fb] = [low, f(low), high, atHigh]
  if (fa >= 0) return low
  let stayed = 0
  while (b - a > 1e-4) {
    const x = (a * fb - b * fa) / (fb - fa)
    const fx = f(x)
    if (Math.abs(fx) < 1e-6 * Math.abs(fb - fa)) return x
    if (fx > 0) {
      if (stayed === -1) fa /= 2
      ;[b, fb, stayed] = [x, fx, -1]
    } else {
      if (stayed === 1) fb /= 2
      ;[a, fa, stayed] = [x, fx, 1]
    }
  }
  return (a + b) / 2
}

/** Mean of 1 − e^{−t} over the timed runs, `run` the time of one in time constants of the controller. */
export const settledShare = (run: number, { warmUp, timed }: BenchmarkRuns): number => {
  const start = warmUp * run
  const length = timed * run
  return 1 - (Math.exp(-start) * -Math.expm1(-length)) / length
}
