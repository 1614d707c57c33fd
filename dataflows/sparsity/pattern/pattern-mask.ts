/** The mask that a pattern makes of real weights, and the check that weights have the pattern. */
import { bitsOf, MAGNITUDE_BITS } from "../magnitude.ts"
import { nmMask } from "../prune.ts"
import { satisfiesNm } from "../satisfies.ts"
import { passGrouping, type WeightPass, type Weights } from "../weight-axis.ts"
import { hierarchicalMask, satisfiesHierarchical } from "./hierarchical-mask.ts"
import type { SparsityPattern } from "./sparsity-pattern.ts"
import { satisfiesVector, vectorMask } from "./vector-mask.ts"

/** 1 where a value is neither +0 nor −0. */
const nonZeroMask = (values: Float32Array): Uint8Array =>
  Uint8Array.from(bitsOf(values), (bits) => ((bits & MAGNITUDE_BITS) === 0 ? 0 : 1))

/**
 * The magnitude mask of one pass, one byte a weight, 1 kept. A density-bound mask keeps no zeros, so its blocks may hold fewer
 * than N; a row-wise one drops nothing but zeros, since N follows the weights.
 *
 * Throws WorkloadError for NaN or a wrong shape, ConfigError for an invalid pattern.
 */
export const patternMask = (weights: Weights, pattern: SparsityPattern, pass: WeightPass): Uint8Array => {
  const kind = "kind" in pattern ? pattern.kind : "plain"
  if ("kind" in pattern && pattern.kind === "vector") return vectorMask(weights, pattern, pass)
  if ("kind" in pattern && pattern.kind === "hierarchical") return hierarchicalMask(weights, pattern, pass)
  const { shape, axis } = passGrouping(weights.shape, weights.groups ?? 1, pass)
  const mask = nmMask(weights.values, shape, axis, pattern)
  if (kind === "plain") return mask
  const nonZeros = nonZeroMask(weights.values)
  return mask.map((kept, i) => kept & nonZeros[i])
}

/** True when the weights have the pattern along the axis that the pass reduces over; any weights are row-wise with N = M. */
export const satisfiesPattern = (weights: Weights, pattern: SparsityPattern, pass: WeightPass): boolean => {
  if ("kind" in pattern && pattern.kind === "vector") return satisfiesVector(weights, pattern, pass)
  if ("kind" in pattern && pattern.kind === "hierarchical")
    return satisfiesHierarchical(weights, pattern, pass)
  const { shape, axis } = passGrouping(weights.shape, weights.groups ?? 1, pass)
  return satisfiesNm(weights.values, shape, axis, pattern)
}
