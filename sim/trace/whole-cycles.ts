/** Time by cause in whole cycles. */

/**
 * Times by cause, in any one unit, as whole cycles that sum to `cycles`: the running sum is rounded, so that no cause is off by more than
 * one cycle and none is negative.
 */
export const wholeCycles = (
  account: Readonly<Record<string, number>>,
  cycles: number,
): Readonly<Record<string, number>> => {
  const total = Object.values(account).reduce((sum, time) => sum + time, 0)
  const out: Record<string, number> = {}
  let sum = 0
  let before = 0
  for (const cause in account) {
    sum += account[cause]
    const upTo = total === 0 ? 0 : Math.round((sum / total) * cycles)
    out[cause] = upTo - before
    before = upTo
  }
  return out
}
