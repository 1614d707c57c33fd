/** MT19937, the 32-bit Mersenne Twister (Matsumoto and Nishimura 1998), and whole numbers drawn from it. */

const size = 624
const shift = 397

export interface MersenneTwister {
  /**
   * A number from 0 to n - 1, each as likely as the others; n at most 2^20. The high half of the 64-bit product of an output and n,
   * outputs whose low half is below 2^32 mod n rejected (Lemire 2019): the numbers of libstdc++'s uniform_int_distribution
   * since GCC 11.
   */
  readonly below: (n: number) => number
}

/** @param seed 32 bits, expanded by Knuth's recurrence as the standard says */
export const mersenneTwister = (seed: number): MersenneTwister => {
  const state = new Int32Array(size)
  state[0] = seed
  for (let i = 1; i < size; i++) {
    const previous = state[i - 1] ^ (state[i - 1] >>> 30)
    state[i] = (Math.imul(1_812_433_253, previous) + i) | 0
  }
  let next = size

  const regenerate = (): void => {
    for (let i = 0; i < size; i++) {
      const y = (state[i] & 0x8000_0000) | (state[(i + 1) % size] & 0x7fff_ffff)
      state[i] = state[(i + shift) % size] ^ (y >>> 1) ^ (-(y & 1) & 0x9908_b0df)
    }
    next = 0
  }

  /** The next output, 32 bits, unsigned. */
  const output = (): number => {
    if (next === size) regenerate()
    let y = state[next++]
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c_5680
    y ^= (y << 15) & 0xefc6_0000
    return (y ^ (y >>> 18)) >>> 0
  }

  return {
    below: (n) => {
      for (;;) {
        const product = output() * n
        const low = product % 2 ** 32
        if (low >= n || low >= 2 ** 32 % n) return Math.floor(product / 2 ** 32)
      }
    },
  }
}
