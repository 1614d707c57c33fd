/** Does a tensor or mask have the N:M property it claims? */
import { groupAlong } from "./grouping.ts"
import type { NmPattern } from "./nm-pattern.ts"

/**
 * True when every group of M consecutive elements along `axis` has at most N non-zeros (NaN counts as one, −0 does
 * not). Works on tensors and on masks. Errors as in `groupAlong`.
 */
export const satisfiesNm = (
  values: Float32Array | Uint8Array,
  shape: readonly number[],
  axis: number,
  pattern: NmPattern,
): boolean => {
  const { outer, length, stride } = groupAlong(values.length, shape, axis, pattern)
  for (let o = 0; o < outer; o += 1) {
    for (let start = 0; start < length; start += pattern.m) {
      const size = Math.min(pattern.m, length - start)
      const groupBase = (o * length + start) * stride
      for (let first = groupBase; first < groupBase + stride; first += 1) {
        let nonZeros = 0
        for (let j = 0; j < size; j += 1) if (values[first + j * stride] !== 0) nonZeros += 1
        if (nonZeros > pattern.n) return false
      }
    }
  }
  return true
}
