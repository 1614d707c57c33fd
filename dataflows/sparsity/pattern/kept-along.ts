/** What multipliers see of a sparse axis: kept elements one by one, or whole groups at a time. */
import { keptLength, type NmPattern } from "../nm-pattern.ts"
import type { SparsityPattern } from "./sparsity-pattern.ts"

/**
 * Elements kept of `length` along a hierarchical axis: of the blocks of the outermost level N are kept, whole ones before
 * the short one at the end.
 */
const keptOfLevels = (length: number, levels: readonly NmPattern[]): number => {
  const outer = levels.at(-1)
  if (outer === undefined) return length
  const inner = levels.slice(0, -1)
  const block = inner.reduce((product, { m }) => product * m, 1)
  const keptOfBlock = inner.reduce((product, { n }) => product * n, 1)
  const groups = Math.floor(length / (block * outer.m))
  const tail = length - groups * block * outer.m
  const wholeBlocks = Math.floor(tail / block)
  const keptBlocks = Math.min(outer.n, wholeBlocks)
  const short = keptBlocks < outer.n ? keptOfLevels(tail - wholeBlocks * block, inner) : 0
  return groups * outer.n * keptOfBlock + keptBlocks * keptOfBlock + short
}

/**
 * Elements kept of `length` along the axis when every group is full: the steps of a *temporal* processing element, which has
 * one multiplier and takes a group's kept elements one after the other. A row-wise pattern keeps no fixed number; the most
 * is all of them.
 */
export const keptAlong = (length: number, pattern: SparsityPattern): number =>
  "kind" in pattern && pattern.kind === "hierarchical"
    ? keptOfLevels(length, pattern.levels)
    : keptLength(length, pattern)

/**
 * Steps of a *spatial* processing element, which multiplies all kept elements of a group at once (2:4 tensor cores): one a
 * group of M. A hierarchical one has N0 multipliers and takes one step for every block kept, as HighLight skips empty blocks
 * in time and empty elements in space.
 */
export const groupSteps = (length: number, pattern: SparsityPattern): number => {
  if (!("kind" in pattern) || pattern.kind !== "hierarchical") return Math.ceil(length / pattern.m)
  const [{ m }, ...outer] = pattern.levels
  return keptOfLevels(Math.ceil(length / m), outer)
}

/** Multipliers that a spatial processing element has for the pattern. */
export const groupMultipliers = (pattern: SparsityPattern): number =>
  "kind" in pattern && pattern.kind === "hierarchical" ? pattern.levels[0].n : pattern.n
