/** How well the non-zeros of a group fill a fixed number of lanes when they are packed together. */

export interface LaneOccupancy {
  /** Expected passes over the lanes, E[⌈X / lanes⌉]. */
  readonly passes: number
  /** Expected share of lanes that hold a non-zero in a pass, E[X / (lanes · ⌈X / lanes⌉)] given X > 0. */
  readonly fill: number
}

/**
 * Occupancy when `nonZeros` of `total` elements are anywhere with equal chance and a group of `group` elements is packed
 * into `lanes` lanes. X, the non-zeros of a group, is then hypergeometric.
 *
 * Source: the density model "hypergeometric" of Sparseloop (Wu et al., MICRO 2022, section 4).
 */
export const laneOccupancy = (
  total: number,
  nonZeros: number,
  group: number,
  lanes: number,
): LaneOccupancy => {
  const zeros = total - nonZeros
  const least = Math.max(0, group - zeros)
  const most = Math.min(group, nonZeros)
  const chances = hypergeometric(total, nonZeros, group)
  let passes = 0
  let filled = 0
  let any = 0
  for (let x = Math.max(1, least); x <= most; x++) {
    const rounds = Math.ceil(x / lanes)
    const chance = chances[x - least]
    passes += chance * rounds
    filled += (chance * x) / (lanes * rounds)
    any += chance
  }
  return any === 0 ? { passes: 0, fill: 0 } : { passes, fill: filled / any }
}

/** P(X = x) from the least x upwards: ratios of neighbours away from the mode, so that nothing underflows where it counts. */
const hypergeometric = (total: number, nonZeros: number, group: number): readonly number[] => {
  const zeros = total - nonZeros
  const least = Math.max(0, group - zeros)
  const most = Math.min(group, nonZeros)
  const mode = Math.min(most, Math.max(least, Math.floor(((group + 1) * (nonZeros + 1)) / (total + 2))))
  // P(X = x + 1) / P(X = x) with N elements, K non-zeros and groups of n: (K − x)(n − x) / ((x + 1)(N − K − n + x + 1)).
  const ratio = (x: number): number => ((nonZeros - x) * (group - x)) / ((x + 1) * (zeros - group + x + 1))
  const weights = Array.from({ length: most - least + 1 }, () => 0)
  weights[mode - least] = 1
  for (let x = mode; x < most; x++) weights[x + 1 - least] = weights[x - least] * ratio(x)
  for (let x = mode; x > least; x--) weights[x - 1 - least] = weights[x - least] / ratio(x - 1)
  const sum = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => weight / sum)
}
