/** The generator that TAGE's allocation and the loop predictor draw from: path history stirred into a 32-bit register. */
import type { PathHistory } from "./path-history.ts"

export interface PseudoRandom {
  readonly register: { value: number }
  readonly draw: () => number
}

/** @param salt is XORed into every draw, read when it is made */
export const pseudoRandom = (path: PathHistory, salt: () => number): PseudoRandom => {
  const register = { value: 0 }
  return {
    register,
    draw: () => {
      let r = ((register.value + 1) | 0) ^ path.bits
      r = ((r >> 21) + (r << 11)) | 0
      r ^= path.position
      r = ((r >> 10) + (r << 22)) | 0
      r ^= salt()
      register.value = r
      return r
    },
  }
}
