/** The input pixels that a convolution reads: all of them, but for strides that step over some and rows beyond the last step. */
import { type Conv2d, convOutHeight, convOutWidth } from "./operator.ts"

/** Positions of one axis that some kernel tap of some output position falls on. */
const usedPositions = (
  size: number,
  outputs: number,
  kernel: number,
  stride: number,
  dilation: number,
  pad: number,
): number => {
  const used = new Uint8Array(size)
  for (let tap = 0; tap < kernel; tap++) {
    for (let out = 0; out < outputs; out++) {
      const at = out * stride + tap * dilation - pad
      if (at >= 0 && at < size) used[at] = 1
    }
  }
  return used.reduce((sum, one) => sum + one, 0)
}

/** Input elements that the whole batch reads: used rows × used columns × channels. Both axes are independent. */
export const usedInputElements = (op: Conv2d): number =>
  op.batch *
  op.inChannels *
  usedPositions(
    op.inHeight,
    convOutHeight(op),
    op.kernelHeight,
    op.strideHeight,
    op.dilationHeight,
    op.padTop,
  ) *
  usedPositions(op.inWidth, convOutWidth(op), op.kernelWidth, op.strideWidth, op.dilationWidth, op.padLeft)
