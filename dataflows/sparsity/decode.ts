/** Expand a compressed N:M tensor; the inverse of `encode`. */
import { WorkloadError } from "../../arch/errors.ts"
import { readBits } from "./bit-packing.ts"
import { indexBits, metadataBitsPerGroup } from "./compressed-size.ts"
import type { CompressedTensor } from "./compressed-tensor.ts"
import { groupAlong } from "./grouping.ts"
import { formatNmPattern } from "./nm-pattern.ts"

/**
 * The row-major tensor of `compressed.shape`, +0 wherever no value was stored.
 *
 * Throws WorkloadError when values or metadata have the wrong length, or a group's positions are not N strictly
 * increasing numbers below M.
 */
export const decode = (compressed: CompressedTensor): Float32Array => {
  const { shape, axis, pattern, format, values, metadata } = compressed
  const { n, m } = pattern
  const elements = shape.reduce((a, b) => a * b, 1)
  const { outer, length, stride, lines, groupsPerLine } = groupAlong(elements, shape, axis, pattern)
  const groupBits = metadataBitsPerGroup(pattern, format)
  const groups = lines * groupsPerLine
  const metadataBytes = Math.ceil((groups * groupBits) / 8)
  if (values.length !== groups * n || metadata.length !== metadataBytes) {
    throw new WorkloadError({
      message: `Compressed ${formatNmPattern(pattern)} tensor of ${groups} groups needs ${groups * n} values and ${metadataBytes} metadata bytes, found ${values.length} and ${metadata.length}.`,
    })
  }
  const expanded = new Float32Array(elements)
  const slots = new Int32Array(n)
  const readSlots = format === "index" ? readIndices : readBitmap

  let group = 0
  for (let o = 0; o < outer; o += 1) {
    for (let i = 0; i < stride; i += 1) {
      for (let start = 0; start < length; start += m) {
        if (!readSlots(metadata, group * groupBits, m, slots)) {
          throw new WorkloadError({
            message: `Metadata of group ${group} is corrupt: expected ${n} strictly increasing positions below ${m}.`,
          })
        }
        const first = (o * length + start) * stride + i
        const size = Math.min(m, length - start)
        // Slots past the tensor are the padding of a tail group.
        for (let k = 0; k < n && slots[k] < size; k += 1) {
          expanded[first + slots[k] * stride] = values[group * n + k]
        }
        group += 1
      }
    }
  }
  return expanded
}

/** Fills `slots` from packed indices; false when they are not strictly increasing below `m`. */
const readIndices = (metadata: Uint8Array, offset: number, m: number, slots: Int32Array): boolean => {
  const width = indexBits(m)
  let previous = -1
  for (let k = 0; k < slots.length; k += 1) {
    const slot = readBits(metadata, offset + k * width, width)
    if (slot <= previous || slot >= m) return false
    slots[k] = slot
    previous = slot
  }
  return true
}

/** Fills `slots` from a bitmap of `m` bits; false when it does not have exactly as many bits set as there are slots. */
const readBitmap = (metadata: Uint8Array, offset: number, m: number, slots: Int32Array): boolean => {
  let filled = 0
  for (let j = 0; j < m; j += 1) {
    if (readBits(metadata, offset + j, 1) === 0) continue
    if (filled === slots.length) return false
    slots[filled] = j
    filled += 1
  }
  return filled === slots.length
}
