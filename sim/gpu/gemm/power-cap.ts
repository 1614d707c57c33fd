/** The clock that a power limit leaves. */

export interface CappedClock {
  /** Sustained ÷ uncapped clock, at most 1. */
  readonly ratio: number
  /** Watts above idle at the uncapped clock. */
  readonly uncappedPower: number
}

/**
 * Clock ratio φ at which dynamic power meets the budget: onChip·φ^γ + offChip = budget · T(φ), T the run time at ratio φ.
 * T falls with φ and energy rises with it, so there is one crossing, found by bisection; more work, or a slower resource,
 * never gives a shorter time. γ stands for the voltage that falls with the clock.
 *
 * Protocol: the clock comes down with the time constant `settling`; a case that runs `runs`·T in all sees the average.
 */
export const cappedClock = (
  time: (ratio: number) => number,
  onChipJoules: number,
  offChipJoules: number,
  budget: number,
  gamma: number,
  settling: number,
  runs: number,
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
  const reached = settling === 0 ? 1 : 1 - Math.exp((-runs * full) / settling)
  return { ratio: 1 - (1 - settled) * reached, uncappedPower }
}
