/** A pointwise layer filled from a seed: weights of which an exact share is zero, activations, biases. */

/** A 1 × 1 convolution over `pixels` positions. */
export interface PointwiseShape {
  readonly pixels: number
  readonly cin: number
  readonly cout: number
}

export interface PointwiseLayer {
  readonly shape: PointwiseShape
  /** cout × cin, row major. */
  readonly weights: Float32Array
  readonly bias: Float32Array
  /** cin × pixels (CHW). */
  readonly activations: Float32Array
}

/** Marsaglia's xorshift32, as numbers in [0, 1). */
export const xorshift = (seed: number): (() => number) => {
  let state = seed | 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

const filled = (length: number, random: () => number): Float32Array =>
  Float32Array.from({ length }, () => random() * 2 - 1)

/**
 * Zeroes exactly round(sparsity × length) of the weights, drawn without replacement. Zeros are spread over the whole matrix, as magnitude
 * pruning of a layer spreads them, so rows keep different numbers.
 */
const prune = (weights: Float32Array, sparsity: number, random: () => number): void => {
  let zeros = Math.round(sparsity * weights.length)
  for (let i = 0; i < weights.length; i += 1) {
    if (random() * (weights.length - i) < zeros) {
      weights[i] = 0
      zeros -= 1
    }
  }
}

/** The layer of a shape, a share of zeros in 0..1 and a seed. */
export const randomLayer = (shape: PointwiseShape, sparsity: number, seed: number): PointwiseLayer => {
  const random = xorshift(seed * 2_654_435_761 + 1)
  const weights = filled(shape.cin * shape.cout, random)
  prune(weights, sparsity, random)
  return {
    shape,
    weights,
    bias: filled(shape.cout, random),
    activations: filled(shape.cin * shape.pixels, random),
  }
}
