/** Sizes for dimensions that neither the file nor the user fixes. */
import type { Dimension } from "./dimensions.ts"

/** Both sides of an image free. Assumed: the usual size of detectors, and a multiple of every common stride. */
const imageSide = 640
/** One side of an image free, as in text lines and spectrograms. Source: PP-OCR recognition shape, 3×48×320. */
const stripLength = 320
/** Tokens, frames or steps. Assumed: the sequence length that BERT results are most often given for. */
const sequenceLength = 128

const batchName = /batch/i
/** Short names say "batch" at the front only; further back they may be any size. */
const shortBatchName = /^(n|b|bs)$/i
const sequenceName = /seq|token|time|length|frame|step/i
const imageName = /height|width|^h$|^w$|image_?size/i
/** The length of a key-value cache decides what is computed: a guess would be a different workload. */
const cacheName = /past|cache|total|memory/i

/** The size a free dimension gets when nobody gives one; undefined when no size makes sense. Batch is decided before. */
export const defaultSize = (
  dimensions: readonly Dimension[],
  axis: number,
  integers: boolean,
): number | undefined => {
  const dimension = dimensions[axis]
  const name = typeof dimension === "string" ? dimension : ""
  if (cacheName.test(name)) return undefined
  const free = (at: number) => typeof dimensions[at] !== "number"
  const last = dimensions[3]
  if (dimensions.length === 4 && axis > 0 && !sequenceName.test(name)) {
    const channelsLast = typeof last === "number" && last <= 4 && free(1) && free(2)
    const sides = channelsLast ? [1, 2] : [2, 3]
    if (sides.includes(axis)) return sides.every(free) ? imageSide : stripLength
  }
  if (imageName.test(name)) return imageSide
  if (sequenceName.test(name)) return sequenceLength
  if (axis === 1 && dimensions.length === 2 && integers) return sequenceLength
  if (axis === 1 && dimensions.length === 3 && !free(2)) return sequenceLength
  return undefined
}

/** By name, or by standing first without a name that says otherwise. */
export const isBatch = (dimensions: readonly Dimension[], axis: number): boolean => {
  const dimension = dimensions[axis]
  if (typeof dimension !== "string") return axis === 0
  if (batchName.test(dimension) || (axis <= 1 && shortBatchName.test(dimension))) return true
  return axis === 0 && ![sequenceName, imageName, cacheName].some((name) => name.test(dimension))
}
