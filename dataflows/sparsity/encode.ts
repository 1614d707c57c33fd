/** Compress a pruned tensor: keep N values a group, note where they were. */
import { WorkloadError } from "../../arch/errors.ts"
import { writeBits } from "./bit-packing.ts"
import { indexBits, metadataBitsPerGroup } from "./compressed-size.ts"
import type { CompressedTensor, EncodedFormat } from "./compressed-tensor.ts"
import { groupAlong } from "./grouping.ts"
import { formatNmPattern, type NmPattern } from "./nm-pattern.ts"

/**
 * Compresses a row-major tensor that already has at most N non-zeros in every group along `axis`.
 *
 * A group with fewer than N non-zeros fills its slots with zeros, −0 before +0, so that what `prune` kept comes back
 * bit for bit. A tail group is padded with zeros to M elements and takes N slots like any other.
 *
 * Throws WorkloadError when a group has more than N non-zeros (naming its first element), and as `groupAlong` does.
 */
export const encode = (
  pruned: Float32Array,
  shape: readonly number[],
  axis: number,
  pattern: NmPattern,
  format: EncodedFormat,
): CompressedTensor => {
  const { outer, length, stride, lines, groupsPerLine } = groupAlong(pruned.length, shape, axis, pattern)
  const { n, m } = pattern
  const groups = lines * groupsPerLine
  const groupBits = metadataBitsPerGroup(pattern, format)
  const width = indexBits(m)
  const values = new Float32Array(groups * n)
  const metadata = new Uint8Array(Math.ceil((groups * groupBits) / 8))
  const slots = new Int32Array(n)

  let group = 0
  for (let o = 0; o < outer; o += 1) {
    for (let i = 0; i < stride; i += 1) {
      for (let start = 0; start < length; start += m) {
        const first = (o * length + start) * stride + i
        const size = Math.min(m, length - start)
        const nonZeros = fillSlots(pruned, first, stride, size, pattern, slots)
        if (nonZeros > n) {
          throw new WorkloadError({
            message: `Tensor is not ${formatNmPattern(pattern)} along axis ${axis}: the group that starts at flat index ${first} has ${nonZeros} non-zeros.`,
            remedy: "Prune it along this axis first.",
          })
        }
        for (let k = 0; k < n; k += 1) {
          const slot = slots[k]
          if (slot < size) values[group * n + k] = pruned[first + slot * stride]
          if (format === "index") writeBits(metadata, group * groupBits + k * width, width, slot)
          else writeBits(metadata, group * groupBits + slot, 1, 1)
        }
        group += 1
      }
    }
  }
  return { shape: [...shape], axis, pattern, format, values, metadata }
}

/** Writes the N positions to store, strictly increasing, and returns the non-zeros found (above N: nothing written). */
const fillSlots = (
  values: Float32Array,
  first: number,
  stride: number,
  size: number,
  { n, m }: NmPattern,
  slots: Int32Array,
): number => {
  let nonZeros = 0
  let negativeZeros = 0
  for (let j = 0; j < size; j += 1) {
    const value = values[first + j * stride]
    if (value !== 0) nonZeros += 1
    else if (Object.is(value, -0)) negativeZeros += 1
  }
  if (nonZeros > n) return nonZeros
  let negativeZerosToStore = Math.min(negativeZeros, n - nonZeros)
  let zerosToStore = n - nonZeros - negativeZerosToStore
  let filled = 0
  for (let j = 0; j < m && filled < n; j += 1) {
    const value = j < size ? values[first + j * stride] : 0
    if (value === 0) {
      if (Object.is(value, -0)) {
        if (negativeZerosToStore === 0) continue
        negativeZerosToStore -= 1
      } else {
        if (zerosToStore === 0) continue
        zerosToStore -= 1
      }
    }
    slots[filled] = j
    filled += 1
  }
  return nonZeros
}
