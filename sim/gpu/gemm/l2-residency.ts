/** How much of a working set L2 still holds when it is read again. */

const step = 1 / 128
const entries = 1024

/** The share h for x = 1, 1 + 1/128, …: the least solution of h = e^{−(1−h)x}, by iteration from zero. */
const table: Float64Array = Float64Array.from({ length: entries }, (_, i) => {
  if (i === 0) return 1
  let h = 0
  for (let n = 0; n < 400; n++) h = Math.exp(-(1 - h) * (1 + i * step))
  return h
})

/**
 * Share of accesses that hit when a set of `x` times the useful capacity is swept again and again: all for x ≤ 1, then h with
 * h = e^{−(1−h)x}, the fixed point of random replacement (each miss evicts a random line). Falls below 2 % at x = 4.
 */
export const hitShare = (x: number): number => {
  if (x <= 1) return 1
  const at = (x - 1) / step
  const i = Math.floor(at)
  if (i >= entries - 1) return 0
  return table[i] + (table[i + 1] - table[i]) * (at - i)
}
