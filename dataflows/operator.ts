/** The operators of a network: shapes only, no data, no time. */

/**
 * 2-D convolution, cross-correlation as in deep learning. Shapes are per image; `batch` is the network's.
 * Depthwise is `groups = inChannels`.
 */
export interface Conv2d {
  readonly kind: "conv2d"
  readonly batch: number
  readonly inChannels: number
  readonly outChannels: number
  readonly inHeight: number
  readonly inWidth: number
  readonly kernelHeight: number
  readonly kernelWidth: number
  readonly strideHeight: number
  readonly strideWidth: number
  readonly dilationHeight: number
  readonly dilationWidth: number
  /** Zero rows and columns added on each side. */
  readonly padTop: number
  readonly padBottom: number
  readonly padLeft: number
  readonly padRight: number
  readonly groups: number
}

/** Fully connected layer over `rows` vectors (batch × sequence): Y[rows × out] = X[rows × in] · W[in × out]. */
export interface Linear {
  readonly kind: "linear"
  readonly rows: number
  readonly inFeatures: number
  readonly outFeatures: number
}

/** `count` products of two activations (attention scores and values): C[m × n] = A[m × k] · B[k × n]. No weights. */
export interface MatMul {
  readonly kind: "matmul"
  readonly count: number
  readonly m: number
  readonly n: number
  readonly k: number
}

/** What a vector unit does between the GEMMs: elementwise, normalisation, pooling, softmax. */
export interface VectorOp {
  readonly kind: "vector"
  readonly function:
    | "add"
    | "mul"
    | "relu"
    | "gelu"
    | "silu"
    | "sigmoid"
    | "hardswish"
    | "softmax"
    | "batchnorm"
    | "layernorm"
    | "rmsnorm"
    | "maxpool"
    | "avgpool"
    | "embedding"
    | "rope"
    | "resize"
    | "other"
  /** Elements read from memory (all inputs together) and written. */
  readonly inputElements: number
  readonly outputElements: number
  /** Trainable values of the operator (scale and shift of a normalisation). */
  readonly parameters: number
}

export type Operator = Conv2d | Linear | MatMul | VectorOp

/** Rows of the output map: floor((in + pads − dilated kernel) / stride) + 1. */
export const convOutHeight = (c: Conv2d): number =>
  Math.floor(
    (c.inHeight + c.padTop + c.padBottom - (c.dilationHeight * (c.kernelHeight - 1) + 1)) / c.strideHeight,
  ) + 1

/** Columns of the output map. */
export const convOutWidth = (c: Conv2d): number =>
  Math.floor(
    (c.inWidth + c.padLeft + c.padRight - (c.dilationWidth * (c.kernelWidth - 1) + 1)) / c.strideWidth,
  ) + 1

/** Trainable values, biases not counted. */
export const weightElements = (op: Operator): number => {
  switch (op.kind) {
    case "conv2d":
      return (op.inChannels / op.groups) * op.kernelHeight * op.kernelWidth * op.outChannels
    case "linear":
      return op.inFeatures * op.outFeatures
    case "matmul":
      return 0
    case "vector":
      return op.parameters
  }
}

/** Multiply-accumulates of one forward pass, zero padding included. Vector operators count none. */
export const forwardMacs = (op: Operator): number => {
  switch (op.kind) {
    case "conv2d":
      return op.batch * convOutHeight(op) * convOutWidth(op) * weightElements(op)
    case "linear":
      return op.rows * op.inFeatures * op.outFeatures
    case "matmul":
      return op.count * op.m * op.n * op.k
    case "vector":
      return 0
  }
}
