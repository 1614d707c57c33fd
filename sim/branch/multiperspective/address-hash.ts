/** The hash of a branch's address that spreads branches over a multiperspective perceptron's filter and classes. */

/** Multiply-and-shift mixing of a 32-bit word, two ways, combined. Source: the constants of gem5's model. */
const mixed = (word: number): number => {
  let a = ((word ^ 0xdead_beef) + (word << 4)) | 0
  a ^= a >>> 10
  a = (a + (a << 7)) | 0
  return a ^ (a >>> 13)
}

const scrambled = (word: number): number => {
  let a = word ^ 61 ^ (word >>> 16)
  a = (a + (a << 3)) | 0
  a ^= a >>> 4
  a = Math.imul(a, 0x27d4_eb2d)
  return a ^ (a >>> 15)
}

/** 16 bits of the low half of an address. */
export const hashedAddress = (pc: number): number => (Math.imul(scrambled(pc), 10) + mixed(pc)) & 0xffff
