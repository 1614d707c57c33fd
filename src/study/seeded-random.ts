/** Repeatable random numbers for sampling: splitmix32 (Steele, Lea and Flood 2014, in its 32-bit form). */

/** A generator of numbers in [0, 1); the same seed gives the same sequence everywhere. */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed | 0
  return () => {
    state = (state + 0x9e37_79b9) | 0
    let z = state ^ (state >>> 16)
    z = Math.imul(z, 0x21f0_aaad)
    z ^= z >>> 15
    z = Math.imul(z, 0x735a_2d97)
    z ^= z >>> 15
    return (z >>> 0) / 2 ** 32
  }
}

/** Numbers 0 … n − 1 in random order (Fisher and Yates). */
export const shuffled = (n: number, random: () => number): readonly number[] => {
  const order = Array.from({ length: n }, (_, i) => i)
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[order[i], order[j]] = [order[j], order[i]]
  }
  return order
}
