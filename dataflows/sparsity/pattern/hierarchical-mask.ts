/** Hierarchical masks: N0:M0 among elements, then among blocks of them, level by level. */
import { nmMask } from "../prune.ts"
import { satisfiesNm } from "../satisfies.ts"
import { passGrouping, type WeightPass, type Weights } from "../weight-axis.ts"
import type { HierarchicalPattern } from "./sparsity-pattern.ts"
import { takeLargest } from "./take-largest.ts"
import { linesOf, weightMatrix } from "./weight-matrix.ts"

/**
 * The mask, one byte a weight, 1 kept, from the innermost level outwards: elements by magnitude, then blocks by the sum of
 * the magnitudes they still have; ties to the lower index. A block cut short by the end of a line is kept only when there
 * are too few whole ones, so that every line of one length keeps the same number. The order and the criterion are ours.
 *
 * Throws WorkloadError for NaN or a wrong shape, ConfigError for an invalid pattern.
 */
export const hierarchicalMask = (
  weights: Weights,
  pattern: HierarchicalPattern,
  pass: WeightPass,
): Uint8Array => {
  const matrix = weightMatrix(weights, pattern, pass)
  const { values } = weights
  const [elements, ...blocks] = pattern.levels
  const { shape, axis } = passGrouping(weights.shape, weights.groups ?? 1, pass)
  const mask = nmMask(values, shape, axis, elements)
  let block = elements.m
  for (const { n, m } of blocks) {
    const scores = new Float64Array(m)
    const taken = new Uint8Array(m)
    for (const { first } of linesOf(matrix)) {
      for (let start = 0; start < matrix.length; start += block * m) {
        const count = Math.min(m, Math.ceil((matrix.length - start) / block))
        for (let b = 0; b < count; b += 1) {
          const from = start + b * block
          const to = from + block
          scores[b] = to > matrix.length ? -1 : 0
          for (let j = from; j < Math.min(to, matrix.length) && scores[b] >= 0; j += 1) {
            const at = first + j * matrix.stride
            if (mask[at] === 1) scores[b] += Math.abs(values[at])
          }
        }
        takeLargest(scores, count, n, taken)
        for (let b = 0; b < count; b += 1) {
          if (taken[b] === 1) continue
          const from = start + b * block
          for (let j = from; j < Math.min(from + block, matrix.length); j += 1)
            mask[first + j * matrix.stride] = 0
        }
      }
    }
    block *= m
  }
  return mask
}

/** True when every level holds: at most N non-zero elements, or blocks with a non-zero, of M. Errors as in `groupAlong`. */
export const satisfiesHierarchical = (
  weights: Weights,
  pattern: HierarchicalPattern,
  pass: WeightPass,
): boolean => {
  const matrix = weightMatrix(weights, pattern, pass)
  const { values } = weights
  const [elements, ...blocks] = pattern.levels
  const { shape, axis } = passGrouping(weights.shape, weights.groups ?? 1, pass)
  if (!satisfiesNm(values, shape, axis, elements)) return false
  let block = elements.m
  for (const { n, m } of blocks) {
    for (const { first } of linesOf(matrix)) {
      for (let start = 0; start < matrix.length; start += block * m) {
        const occupied = new Set<number>()
        for (let j = start; j < Math.min(start + block * m, matrix.length); j += 1) {
          if (values[first + j * matrix.stride] !== 0) occupied.add(Math.floor((j - start) / block))
        }
        if (occupied.size > n) return false
      }
    }
    block *= m
  }
  return true
}
