/** What every kernel has to compute, written down naively. */
import type { PointwiseLayer } from "./random-layer.ts"

/** Least and greatest output, as a fused ReLU or ReLU6 sets them. */
export interface OutputLimits {
  readonly least: number
  readonly greatest: number
}

/** bias + weights × activations, clamped: cout × pixels, summed in double precision. */
export const referenceProduct = (layer: PointwiseLayer, limits: OutputLimits): Float32Array => {
  const { pixels, cin, cout } = layer.shape
  const out = new Float32Array(cout * pixels)
  const row = new Float64Array(pixels)
  for (let o = 0; o < cout; o += 1) {
    row.fill(layer.bias[o])
    for (let c = 0; c < cin; c += 1) {
      const weight = layer.weights[o * cin + c]
      if (weight === 0) continue
      const from = c * pixels
      for (let p = 0; p < pixels; p += 1) row[p] += weight * layer.activations[from + p]
    }
    for (let p = 0; p < pixels; p += 1) {
      out[o * pixels + p] = Math.min(Math.max(row[p], limits.least), limits.greatest)
    }
  }
  return out
}

/**
 * The error that summing `terms` products of magnitude up to 1 in fp32, in any order, may make: terms × 2^-24 relative to the
 * sum of magnitudes, itself at most terms + 1 (Higham 2002, section 4.2).
 */
export const summationErrorBound = (terms: number): number => (terms + 1) * (terms + 1) * 2 ** -24
