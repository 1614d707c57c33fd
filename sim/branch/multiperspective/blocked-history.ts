/** A long history of bits in blocks of 21, which a hash adds up or XORs. */

export const blockBits = 21
const blockMask = 2 ** blockBits - 1

export interface BlockedHistory {
  readonly push: (bit: number) => void
  /** XOR of the blocks of the newest `depth` bits. */
  readonly xor: (depth: number) => number
  /** Sum of the blocks of the bits from age `from` to age `to`, the ends aligned as in the original. */
  readonly sum: (from: number, to: number) => number
}

/** @param length bits that are remembered */
export const blockedHistory = (length: number): BlockedHistory => {
  const count = Math.floor(length / blockBits) + 1
  const blocks = new Int32Array(new ArrayBuffer(4 * count))
  return {
    push: (bit) => {
      let carried = bit
      for (let i = 0; i < count; i++) {
        const block = blocks[i]
        blocks[i] = ((block << 1) | carried) & blockMask
        carried = block >>> (blockBits - 1)
      }
    },
    xor: (depth) => {
      const whole = Math.floor(depth / blockBits)
      let x = 0
      for (let i = 0; i < whole; i++) x ^= blocks[i]
      return x ^ (blocks[whole] & ((1 << (depth - whole * blockBits)) - 1))
    },
    sum: (from, to) => {
      const first = Math.floor(from / blockBits)
      const last = Math.floor(to / blockBits)
      // The original shifts by a negative count, which the processor takes modulo 32: fewer bits are left than meant.
      let x = blocks[first] >>> (32 - blockBits + from - first * blockBits)
      for (let i = first + 1; i < last; i++) x += blocks[i]
      const rest = to - last * blockBits
      return x + ((blocks[last] & ((1 << rest) - 1)) << (blockBits - rest))
    },
  }
}
