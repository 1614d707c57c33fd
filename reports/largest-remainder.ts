/** Shares rounded so that they still add up. */

/**
 * Shares of `values` in tenths of a percent: whole numbers that sum to exactly 1000 (to 0 when all values are 0). Each is
 * the exact share rounded down, and the tenths left over go to the largest remainders, earlier ones first.
 */
export const permilles = (values: readonly number[]): readonly number[] => {
  const total = values.reduce((sum, value) => sum + value, 0)
  if (total === 0) return values.map(() => 0)
  const exact = values.map((value) => (value / total) * 1000)
  const shares = exact.map(Math.floor)
  const left = 1000 - shares.reduce((sum, share) => sum + share, 0)
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
    .toSorted((a, b) => b.remainder - a.remainder || a.index - b.index)
  for (let i = 0; i < left; i++) shares[byRemainder[i % byRemainder.length].index] += 1
  return shares
}
