/** Error statistics of a group of predictions. Errors are signed fractions: (predicted − expected) / expected. */

export interface ErrorStatistics {
  readonly n: number
  /** Mean, median and largest absolute error. */
  readonly mape: number
  readonly medianApe: number
  readonly maxApe: number
  /** Mean signed error. */
  readonly bias: number
  /** Share of cases within 5, 10 and 20 %. */
  readonly within5: number
  readonly within10: number
  readonly within20: number
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Statistics of at least one error. */
export const errorStatistics = (errors: readonly number[]): ErrorStatistics => {
  const absolute = errors.map(Math.abs)
  const within = (limit: number): number =>
    absolute.filter((error) => error <= limit).length / absolute.length
  return {
    n: errors.length,
    mape: mean(absolute),
    medianApe: median(absolute),
    maxApe: absolute.reduce((most, error) => Math.max(most, error), 0),
    bias: mean(errors),
    within5: within(0.05),
    within10: within(0.1),
    within20: within(0.2),
  }
}

/**
 * Kendall's τ-b of two rankings of the same cases: (concordant − discordant) pairs, corrected for ties. Null when fewer
 * than two cases, or all of one side, are distinct. Kendall 1945.
 */
export const kendallTau = (xs: readonly number[], ys: readonly number[]): number | null => {
  let score = 0
  let distinctX = 0
  let distinctY = 0
  for (let i = 0; i < xs.length; i++) {
    for (let j = 0; j < i; j++) {
      const x = Math.sign(xs[i] - xs[j])
      const y = Math.sign(ys[i] - ys[j])
      score += x * y
      if (x !== 0) distinctX++
      if (y !== 0) distinctY++
    }
  }
  return distinctX === 0 || distinctY === 0 ? null : score / Math.sqrt(distinctX * distinctY)
}

/** exp(mean(log ratio)): 1 when predictions are right on average. */
export const geometricMean = (ratios: readonly number[]): number =>
  Math.exp(mean(ratios.map((ratio) => Math.log(ratio))))
