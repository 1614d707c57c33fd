/** What pruning leaves of real weights. */
import { WorkloadError } from "../../arch/errors.ts"
import { groupAlong } from "./grouping.ts"
import { bitsOf, INFINITY_BITS, MAGNITUDE_BITS } from "./magnitude.ts"
import { patternMask } from "./pattern/pattern-mask.ts"
import type { SparsityPattern } from "./pattern/sparsity-pattern.ts"
import { applyMask } from "./prune.ts"
import { passGrouping, type WeightPass, type Weights } from "./weight-axis.ts"

/** Statistics of one tensor before and after pruning. Shares lie in [0, 1]. */
export interface DensityStatistics {
  readonly elements: number
  /** Non-zeros before pruning. */
  readonly inputNonZeros: number
  /** Non-zeros after pruning; at most N a group. */
  readonly nonZeros: number
  /** nonZeros / elements. */
  readonly density: number
  /** Σ|kept| / Σ|all|; 1 when all weights are zero, since nothing is lost. */
  readonly keptMagnitude: number
  /** Share of groups that had fewer non-zeros than the mask has places for (N, or t in a tail group of t < N). */
  readonly underfilledGroups: number
}

export interface PrunedWeights {
  /** The weights with dropped elements set to +0, kept ones bit for bit. */
  readonly values: Float32Array
  /** 1 kept, 0 dropped. */
  readonly mask: Uint8Array
  readonly statistics: DensityStatistics
}

/**
 * Prunes weights for one pass and measures what is left.
 *
 * Throws WorkloadError for NaN or infinite weights (naming the flat index), no weights at all, or a wrong shape;
 * ConfigError for an invalid pattern.
 */
export const pruneWeights = (weights: Weights, pattern: SparsityPattern, pass: WeightPass): PrunedWeights => {
  const { shape, axis } = passGrouping(weights.shape, weights.groups ?? 1, pass)
  if (weights.values.length === 0) throw new WorkloadError({ message: "Weight tensor has no elements." })
  const mask = patternMask(weights, pattern, pass)
  rejectInfinity(weights.values)
  const values = applyMask(weights.values, mask)
  return { values, mask, statistics: densityStatistics(weights.values, values, shape, axis, pattern) }
}

/** Infinite weights prune well, but a share of an infinite magnitude is not a number. */
const rejectInfinity = (values: Float32Array): void => {
  const at = bitsOf(values).findIndex((bits) => (bits & MAGNITUDE_BITS) === INFINITY_BITS)
  if (at === -1) return
  throw new WorkloadError({
    message: `Weight at flat index ${at} is infinite: the share of magnitude kept is not defined.`,
    remedy: "Repair or re-export the weights.",
  })
}

/** 1 for the bits of a value other than ±0, else 0; without a branch, for pruned weights are hard to predict. */
const isNonZero = (bits: number): number => (0 - (bits & MAGNITUDE_BITS)) >>> 31

const densityStatistics = (
  input: Float32Array,
  pruned: Float32Array,
  shape: readonly number[],
  axis: number,
  pattern: SparsityPattern,
): DensityStatistics => {
  const inputBits = bitsOf(input)
  const prunedBits = bitsOf(pruned)
  let inputNonZeros = 0
  let nonZeros = 0
  // Both sums run in the same order, so rounding cannot lift the kept one above the whole.
  let inputMagnitude = 0
  let keptMagnitude = 0
  for (let i = 0; i < input.length; i += 1) {
    inputNonZeros += isNonZero(inputBits[i])
    nonZeros += isNonZero(prunedBits[i])
    inputMagnitude += Math.abs(input[i])
    keptMagnitude += Math.abs(pruned[i])
  }
  return {
    elements: input.length,
    inputNonZeros,
    nonZeros,
    density: nonZeros / input.length,
    keptMagnitude: inputMagnitude === 0 ? 1 : keptMagnitude / inputMagnitude,
    underfilledGroups: underfilledShare(input, shape, axis, pattern),
  }
}

const underfilledShare = (
  input: Float32Array,
  shape: readonly number[],
  axis: number,
  pattern: SparsityPattern,
): number => {
  const { outer, length, stride, lines, groupsPerLine } = groupAlong(input.length, shape, axis, pattern)
  const bits = bitsOf(input)
  let underfilled = 0
  for (let o = 0; o < outer; o += 1) {
    for (let start = 0; start < length; start += pattern.m) {
      const size = Math.min(pattern.m, length - start)
      const places = Math.min(pattern.n, size)
      const groupBase = (o * length + start) * stride
      for (let first = groupBase; first < groupBase + stride; first += 1) {
        let nonZeros = 0
        for (let j = 0, at = first; j < size; j += 1, at += stride) {
          nonZeros += isNonZero(bits[at])
        }
        if (nonZeros < places) underfilled += 1
      }
    }
  }
  return underfilled / (lines * groupsPerLine)
}
