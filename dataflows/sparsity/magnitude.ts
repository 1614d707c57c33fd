/** Magnitudes of float32 values as integers, so that comparing them is exact and cheap. */
import { WorkloadError } from "../../arch/errors.ts"

/** The bits of float32 values, sharing their memory. */
export const bitsOf = (values: Float32Array): Int32Array =>
  new Int32Array(values.buffer, values.byteOffset, values.length)

/** All bits but the sign: `bits & MAGNITUDE_BITS` orders like |x| for every value that is not NaN (IEEE 754). */
export const MAGNITUDE_BITS = 0x7fffffff

/** Magnitude bits of ±Infinity; everything above is NaN. */
export const INFINITY_BITS = 0x7f800000

/** Throws a WorkloadError that names the lowest flat index of a NaN, if there is one. */
export const rejectNaN = (values: Float32Array): void => {
  const bits = bitsOf(values)
  for (let i = 0; i < bits.length; i += 1) {
    if ((bits[i] & MAGNITUDE_BITS) > INFINITY_BITS) {
      throw new WorkloadError({
        message: `Weight at flat index ${i} is NaN: it has no magnitude to prune by.`,
        remedy: "Repair or re-export the weights.",
      })
    }
  }
}
