/**
 * The family of patterns. Every member is a special case of one plain N:M pattern, which `n` and `m` give: whatever runs any
 * N:M mask along the reduction axis runs its masks too.
 */
import type { NmPattern } from "../nm-pattern.ts"

/**
 * V:N:M (VENOM, SC 2023): of every M columns, 4 are chosen for V rows together; of those 4, every row keeps N (2 on 2:4
 * tensor cores). N ≤ 4 ≤ M.
 */
export interface VectorPattern extends NmPattern {
  readonly kind: "vector"
  readonly v: number
}

/**
 * Hierarchical structured sparsity (HighLight, MICRO 2023, arXiv 2305.12718): N0:M0 among elements, N1:M1 among blocks of M0
 * elements, and so on. `n` and `m` are the products over the levels.
 */
export interface HierarchicalPattern extends NmPattern {
  readonly kind: "hierarchical"
  /** Innermost first; at least two. */
  readonly levels: readonly NmPattern[]
}

/**
 * Density-bound blocks (S2TA, HPCA 2022, arXiv 2107.07983): at most N non-zeros of M. A block may have fewer; its idle slots
 * are gated.
 */
export interface BoundedPattern extends NmPattern {
  readonly kind: "bounded"
}

/**
 * Row-wise N:M (VEGETA, HPCA 2023, arXiv 2302.08687, with M = 4): every row has its own N among the powers of two up to M, the
 * least that keeps all its non-zeros. Before the data are known nothing is known of N, so `n` is M.
 */
export interface RowWisePattern extends NmPattern {
  readonly kind: "row-wise"
}

export type StructuredPattern = VectorPattern | HierarchicalPattern | BoundedPattern | RowWisePattern

/** Plain N:M, or a pattern with more structure. */
export type SparsityPattern = NmPattern | StructuredPattern

/** Columns that a V:N:M block keeps of every M: the width of a 2:4 tensor core's group. */
export const vectorColumns = 4

/** Largest share of elements kept, N/M. */
export const density = ({ n, m }: SparsityPattern): number => n / m

/** A hierarchical pattern from its levels, innermost first. */
export const hierarchical = (levels: readonly NmPattern[]): HierarchicalPattern => ({
  kind: "hierarchical",
  levels,
  n: levels.reduce((product, { n }) => product * n, 1),
  m: levels.reduce((product, { m }) => product * m, 1),
})
