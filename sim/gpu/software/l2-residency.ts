/** What is still in L2 of data that is read over and over. */

/** Share of L2 that one operand gets while others stream through. Assumed; a study of library GEMMs fitted 0.4 to 0.8. */
const operandShareOfL2 = 0.8

const iterations = 60

/**
 * Share h of `bytes` that a repeated reading finds in L2: 1 while they fit, then h = e^{−(1 − h)·x}, x = bytes over what L2
 * keeps of them: only misses bring lines that evict others. Source: random replacement, as in the same study.
 */
export const residentShare = (bytes: number, l2Capacity: number): number => {
  const x = bytes / (operandShareOfL2 * l2Capacity)
  if (x <= 1) return 1
  let h = 0
  for (let i = 0; i < iterations; i++) h = Math.exp(-(1 - h) * x)
  return h
}
