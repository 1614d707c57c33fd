/** Times that overlap, but not perfectly. */

/**
 * Resources that work at the same time take about as long as the slowest of them, and somewhat longer where two are close:
 * (Σ tᵢᵖ)^(1/p). With p → ∞ it is the maximum. p = 4 is assumed; a study of 3800 cuBLASLt and cuSPARSELt cases found 3.5.
 */
const overlapExponent = 4

/** The p-norm of `times`, never below their maximum and never above their sum. */
export const softMaximum = (...times: readonly number[]): number => {
  const longest = Math.max(0, ...times)
  if (longest === 0) return 0
  return (
    longest * times.reduce((sum, t) => sum + (t / longest) ** overlapExponent, 0) ** (1 / overlapExponent)
  )
}
