/** An N:M tensor without its zeros, as it lies in memory. */
import { compressedBits, type MetadataFormat } from "./compressed-size.ts"
import type { NmPattern } from "./nm-pattern.ts"

/** The formats that `encode` writes; the combinadic code is a size bound only. */
export type EncodedFormat = Exclude<MetadataFormat, "combinadic">

/**
 * Groups follow each other line by line along the grouped axis: outer dimensions, then inner dimensions, then groups of
 * the line. Every group has exactly N slots in order of position; a group with fewer non-zeros fills up with zeros.
 */
export interface CompressedTensor {
  /** Shape of the tensor before compression, row-major. */
  readonly shape: readonly number[]
  readonly axis: number
  readonly pattern: NmPattern
  readonly format: EncodedFormat
  /** Groups × N values. */
  readonly values: Float32Array
  /** Groups × N indices of ⌈log2 M⌉ bits, or groups × M bits of bitmap; bit-packed, lowest bit first. */
  readonly metadata: Uint8Array
}

/** Bits of the compressed tensor when a value takes `valueBits` (16 for FP16). At most 7 bits of the last byte idle. */
export const sizeBits = ({ shape, axis, pattern, format }: CompressedTensor, valueBits: number): number => {
  const lines = shape.reduce((product, size, at) => (at === axis ? product : product * size), 1)
  return compressedBits(shape[axis], lines, pattern, valueBits, format)
}
