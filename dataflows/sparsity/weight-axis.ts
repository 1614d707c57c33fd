/** Which axis of a weight tensor a training pass reduces over, and so which axis its N:M groups follow. */
import { WorkloadError } from "../../arch/errors.ts"

/**
 * Weights of a convolution [outChannels, inChannels / groups, kernelHeight, kernelWidth] or of a linear layer
 * [outFeatures, inFeatures], row-major.
 */
export interface Weights {
  readonly shape: readonly number[]
  readonly values: Float32Array
  /** Groups of a grouped convolution; 1 when absent. Depthwise: outChannels. */
  readonly groups?: number
}

/**
 * The passes whose GEMM has weights in it. FF: Y[n, co] = Σ over ci, kh, kw. BP: dX[n, ci] = Σ over co, kh, kw.
 * (WU computes a gradient from two activations and has none.)
 */
export type WeightPass = "FF" | "BP"

/** A shape of the same elements and the axis in it along which a pass groups. */
export interface GroupedShape {
  readonly shape: readonly number[]
  readonly axis: number
}

/**
 * FF groups follow the input channels, BP groups the output channels: N:M shortens a GEMM only along the axis it
 * reduces over. (The BDWP abstract does not state the axes; this is the only reading in which both passes speed up,
 * and the one SR-STE's NHWC code and SDGP's code use.)
 *
 * A grouped convolution reduces over the output channels of one group only, so BP groups never straddle two: the shape
 * gets an outermost axis for them. A depthwise layer thus has lines of one element and keeps them all.
 *
 * Throws WorkloadError for fewer than two dimensions or groups that do not divide the output channels.
 */
export const passGrouping = (shape: readonly number[], groups: number, pass: WeightPass): GroupedShape => {
  if (shape.length < 2) {
    throw new WorkloadError({
      message: `Weights of shape [${shape.join(", ")}] have no input and output channels: expected [out, in, ...].`,
    })
  }
  const [outChannels, ...perOutput] = shape
  if (!Number.isInteger(groups) || groups < 1 || outChannels % groups !== 0) {
    throw new WorkloadError({
      message: `${groups} convolution groups do not divide ${outChannels} output channels.`,
    })
  }
  return pass === "FF" ? { shape, axis: 1 } : { shape: [groups, outChannels / groups, ...perOutput], axis: 1 }
}
