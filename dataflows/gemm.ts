/** Matrix products as the engines map them: C[m × n] = A[m × k] · B[k × n]. */
import type { MetadataFormat } from "./sparsity/compressed-size.ts"
import { isDense } from "./sparsity/nm-pattern.ts"
import { keptAlong } from "./sparsity/pattern/kept-along.ts"
import type { SparsityPattern } from "./sparsity/pattern/sparsity-pattern.ts"

export interface Gemm {
  readonly m: number
  readonly n: number
  readonly k: number
}

/** What a matrix holds; selects its width in memory and its name in reports. */
export type TensorRole = "activation" | "weight" | "gradient" | "weight-gradient"

/** One matrix of a product. */
export interface Operand {
  readonly role: TensorRole
  /**
   * Distinct elements behind the matrix, all `count` products together. A convolution's im2col matrix repeats its input,
   * so this is what of the input map its kernel reaches, not m · k.
   */
  readonly uniqueElements: number
}

/** Sparsity along the reduction axis k of one operand: N:M or one of its special cases. */
export interface ReductionSparsity {
  readonly operand: "a" | "b"
  readonly pattern: SparsityPattern
  /**
   * Length of the grouped axis. k = groupedLength × repeats: a convolution groups along channels, once for every kernel
   * position, and each repeat has its own tail group.
   */
  readonly groupedLength: number
  /** How the kept values' positions are written down; `index` when absent. */
  readonly metadata?: MetadataFormat
}

/** `count` independent products of one shape, with what is sparse in them. */
export interface MappedGemm {
  readonly gemm: Gemm
  readonly count: number
  readonly a: Operand
  readonly b: Operand
  readonly c: Operand
  readonly sparsity?: ReductionSparsity
  /** Share of kept positions whose value is not zero (1 unless real weights say otherwise). */
  readonly nonZeroShare: number
}

/**
 * True when memory holds the sparse operand without its zeros. Weights are pruned before they are read; activations and
 * gradients are new in every step and pruned on their way in, so memory holds them dense.
 */
export const isStoredCompact = (work: MappedGemm): boolean =>
  work.sparsity !== undefined && work[work.sparsity.operand].role === "weight"

export const gemmMacs = ({ m, n, k }: Gemm): number => m * n * k

/**
 * Kept reduction elements among the first `k` of the sparse operand: whole repeats of the grouped axis plus a partial one.
 * Without sparsity, k itself.
 */
export const keptPrefix = (k: number, sparsity: ReductionSparsity | undefined): number => {
  if (sparsity === undefined || isDense(sparsity.pattern)) return k
  const repeats = Math.floor(k / sparsity.groupedLength)
  return (
    repeats * keptAlong(sparsity.groupedLength, sparsity.pattern) +
    keptAlong(k - repeats * sparsity.groupedLength, sparsity.pattern)
  )
}

/** Reduction length that the multipliers see, K' ≤ k. */
export const keptK = (work: MappedGemm): number => keptPrefix(work.gemm.k, work.sparsity)
