/**
 * Which products the 2:4 sparse tensor cores of a GPU can take. The library prunes the weight operand along the reduction;
 * everything else runs dense.
 */
import type { MappedGemm } from "../../dataflows/gemm.ts"
import { isDense, type NmPattern } from "../../dataflows/sparsity/nm-pattern.ts"
import { formatPattern } from "../../dataflows/sparsity/pattern/pattern-text.ts"
import type { SparsityPattern } from "../../dataflows/sparsity/pattern/sparsity-pattern.ts"

/**
 * Every mask of `pattern` is a 2:4 mask too: of each 4 neighbours at most 2 are kept. True of 1:2, and of 1:M and 2:M where
 * groups of 4 do not straddle two groups of M. Hierarchical and bounded patterns count as the N:M they are cases of.
 */
export const holdsAs2to4 = ({ n, m }: NmPattern): boolean => (n === 1 && m === 2) || (n <= 2 && m % 4 === 0)

export type Eligibility =
  | { readonly runs: "2:4" }
  | { readonly runs: "dense"; readonly reason: string | undefined }

/**
 * Least multiple of every size of the product, by bytes of an operand element: 16 bytes of an operand row that the library
 * loads at a time, doubled along the compressed reduction. Assumed, after the alignment rules of vendor libraries.
 */
const alignment = (elementBytes: number): { readonly k: number; readonly n: number } => ({
  k: 32 / elementBytes,
  n: 16 / elementBytes,
})

/** What a product runs as, and why where it was asked to be sparse and is not. */
export const eligibility = (
  work: MappedGemm,
  elementBytes: number,
  sparseMultiplier: number,
): Eligibility => {
  const pattern = work.sparsity?.pattern
  if (work.sparsity === undefined || pattern === undefined || isDense(pattern)) {
    return { runs: "dense", reason: undefined }
  }
  const dense = (reason: string): Eligibility => ({ runs: "dense", reason })
  if (sparseMultiplier <= 1) return dense("the board has no sparse tensor cores")
  if (!holdsAs2to4(pattern)) return dense(`${formatPattern(pattern)} is no case of 2:4`)
  const { k, n } = alignment(elementBytes)
  if (work.gemm.k % k !== 0) return dense(`its reduction of ${work.gemm.k} is no multiple of ${k}`)
  const outputs = work.sparsity.operand === "b" ? work.gemm.n : work.gemm.m
  if (outputs % n !== 0) return dense(`its ${outputs} outputs are no multiple of ${n}`)
  if (work.count > 1) return dense("grouped and batched products have no 2:4 kernel")
  return { runs: "2:4" }
}

/** The pattern that the tensor cores run for `pattern`. */
export const runsAs = (pattern: SparsityPattern): NmPattern =>
  holdsAs2to4(pattern) ? { n: 2, m: 4 } : pattern
