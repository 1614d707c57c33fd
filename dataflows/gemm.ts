/** Matrix products as the engines map them: C[m × n] = A[m × k] · B[k × n]. */
import { isDense, keptLength, type NmPattern } from "./sparsity/nm-pattern.ts"

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
   * so this is the size of the input map, not m · k.
   */
  readonly uniqueElements: number
}

/** N:M along the reduction axis k of one operand. */
export interface ReductionSparsity {
  readonly operand: "a" | "b"
  readonly pattern: NmPattern
  /**
   * Length of the grouped axis. k = groupedLength × repeats: a convolution groups along channels, once for every kernel
   * position, and each repeat has its own tail group.
   */
  readonly groupedLength: number
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

export const gemmMacs = ({ m, n, k }: Gemm): number => m * n * k

/**
 * Kept reduction elements among the first `k` of the sparse operand: whole repeats of the grouped axis plus a partial one.
 * Without sparsity, k itself.
 */
export const keptPrefix = (k: number, sparsity: ReductionSparsity | undefined): number => {
  if (sparsity === undefined || isDense(sparsity.pattern)) return k
  const repeats = Math.floor(k / sparsity.groupedLength)
  return (
    repeats * keptLength(sparsity.groupedLength, sparsity.pattern) +
    keptLength(k - repeats * sparsity.groupedLength, sparsity.pattern)
  )
}

/** Reduction length that the multipliers see, K' ≤ k. */
export const keptK = (work: MappedGemm): number => keptPrefix(work.gemm.k, work.sparsity)
