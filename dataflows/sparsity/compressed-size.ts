/** How many bits an N:M operand takes once its zeros are gone: kept values plus the metadata that says where they were. */
import type { NmPattern } from "./nm-pattern.ts"

/**
 * How the positions of the N kept values of a group are written down:
 * - `index`: each value's position in its group, ⌈log2 M⌉ bits (2-bit indices of 2:4 sparse tensor cores).
 * - `bitmap`: one bit an element, M bits.
 * - `combinadic`: the rank of the set of positions among all C(M, N), ⌈log2 C(M, N)⌉ bits: the lower bound for a
 *   fixed-size code.
 */
export const metadataFormats = ["index", "bitmap", "combinadic"] as const
export type MetadataFormat = (typeof metadataFormats)[number]

/** ⌈log2 M⌉; 0 for M = 1. */
export const indexBits = (m: number): number => 32 - Math.clz32(m - 1)

/** C(m, n), exact. */
const combinations = (m: number, n: number): bigint => {
  const picks = Math.min(n, m - n)
  let result = 1n
  for (let k = 1; k <= picks; k += 1) result = (result * BigInt(m - picks + k)) / BigInt(k)
  return result
}

/** ⌈log2 x⌉ of a positive whole number. */
const ceilLog2 = (x: bigint): number => (x === 1n ? 0 : (x - 1n).toString(2).length)

const metadataBits: Readonly<Record<MetadataFormat, (pattern: NmPattern) => number>> = {
  index: ({ n, m }) => n * indexBits(m),
  bitmap: ({ m }) => m,
  combinadic: ({ n, m }) => ceilLog2(combinations(m, n)),
}

/** Bits of metadata of one group. */
export const metadataBitsPerGroup = (pattern: NmPattern, format: MetadataFormat): number =>
  metadataBits[format](pattern)

/** Bits of one compressed group: N values of `valueBits` plus metadata. 2:4 with 16-bit values and indices: 36. */
export const compressedBitsPerGroup = (
  pattern: NmPattern,
  valueBits: number,
  format: MetadataFormat,
): number => pattern.n * valueBits + metadataBitsPerGroup(pattern, format)

/**
 * Bits of a compressed tensor of `lines` lines with `elementsAlongAxis` elements each along the grouped axis.
 *
 * Groups have a fixed size, so that hardware can address them: a tail group of t < M elements is padded with zeros to
 * a whole one and takes N values too.
 */
export const compressedBits = (
  elementsAlongAxis: number,
  lines: number,
  pattern: NmPattern,
  valueBits: number,
  format: MetadataFormat,
): number =>
  lines * Math.ceil(elementsAlongAxis / pattern.m) * compressedBitsPerGroup(pattern, valueBits, format)

/** Dense bits over compressed bits of whole groups; M/N without metadata, below 1 when compression costs space. */
export const compressionRatio = (pattern: NmPattern, valueBits: number, format: MetadataFormat): number =>
  (pattern.m * valueBits) / compressedBitsPerGroup(pattern, valueBits, format)
