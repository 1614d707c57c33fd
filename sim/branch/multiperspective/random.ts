/**
 * POSIX's rand_r as glibc has it: three steps of a linear congruence make one 31-bit number. That the original draws from it, and from
 * this seed, is assumed; with it the counts of mispredictions are the original's.
 */
export const randomNumbers = (seed: number): (() => number) => {
  let state = seed
  const step = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0
    return state >>> 16
  }
  return () => {
    const high = step() % 2048
    const middle = (high << 10) ^ (step() % 1024)
    return (middle << 10) ^ (step() % 1024)
  }
}
