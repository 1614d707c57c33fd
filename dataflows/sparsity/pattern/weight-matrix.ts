/** Weights as the matrices that a pass multiplies by: rows, each with elements along the axis that the pass reduces over. */
import { groupAlong } from "../grouping.ts"
import type { NmPattern } from "../nm-pattern.ts"
import { passGrouping, type WeightPass, type Weights } from "../weight-axis.ts"

/**
 * Element `j` of row `r` at kernel position `p` of convolution group `g` lies at flat index
 * g × groupStride + r × rowStride + p + j × stride.
 */
export interface WeightMatrix {
  /** Convolution groups; no pattern reaches across them. */
  readonly groups: number
  readonly groupStride: number
  /** FF: output channels; BP: input channels; of one group. */
  readonly rows: number
  readonly rowStride: number
  /** Kernel positions; each has groups of its own. */
  readonly positions: number
  /** Elements along the reduced axis. FF: input channels; BP: output channels. */
  readonly length: number
  readonly stride: number
}

/** Throws WorkloadError for a wrong shape, ConfigError for an invalid pattern. */
export const weightMatrix = (weights: Weights, pattern: NmPattern, pass: WeightPass): WeightMatrix => {
  const groups = weights.groups ?? 1
  const { shape, axis } = passGrouping(weights.shape, groups, pass)
  const { length, stride } = groupAlong(weights.values.length, shape, axis, pattern)
  const [outChannels, inChannels] = weights.shape
  const positions = weights.shape.slice(2).reduce((product, size) => product * size, 1)
  const outPerGroup = outChannels / groups
  const outStride = inChannels * positions
  return {
    groups,
    groupStride: outPerGroup * outStride,
    positions,
    length,
    stride,
    ...(pass === "FF"
      ? { rows: outPerGroup, rowStride: outStride }
      : { rows: inChannels, rowStride: positions }),
  }
}

/** First element of every line along the reduced axis, with the row it belongs to. */
export function* linesOf(matrix: WeightMatrix): Generator<{ readonly row: number; readonly first: number }> {
  for (let g = 0; g < matrix.groups; g += 1) {
    for (let r = 0; r < matrix.rows; r += 1) {
      for (let p = 0; p < matrix.positions; p += 1) {
        yield { row: g * matrix.rows + r, first: g * matrix.groupStride + r * matrix.rowStride + p }
      }
    }
  }
}
