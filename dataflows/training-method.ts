/**
 * Which operand is N:M sparse in which training stage.
 *
 * SR-STE (Zhou et al., ICLR 2021) prunes weights in FF along input channels; SDGP (McDanel et al., 2022) prunes the output
 * gradient in BP along output channels; BDWP (Fang et al., TCAD 2023) prunes weights in both FF and BP. WU stays dense in
 * all of them. Groups run along the reduction axis of each product; for BDWP that is the only reading under which its
 * products shrink, its own equations are not readable. The first layer and products of two activations stay dense.
 */
import { type MappedGemm } from "./gemm.ts"
import { type GemmStage, type LoweredGemm } from "./lowering.ts"
import { isDense, type NmPattern } from "./sparsity/nm-pattern.ts"

export const trainingMethods = ["dense", "sr-ste", "sdgp", "bdwp"] as const
export type TrainingMethod = (typeof trainingMethods)[number]

const sparseOperand: Readonly<Record<TrainingMethod, Partial<Record<GemmStage, "weight" | "gradient">>>> = {
  dense: {},
  "sr-ste": { FF: "weight" },
  sdgp: { BP: "gradient" },
  bdwp: { FF: "weight", BP: "weight" },
}

/** True when the method prunes something in this stage. */
export const isSparseStage = (method: TrainingMethod, stage: GemmStage): boolean =>
  sparseOperand[method][stage] !== undefined

/** Number of masks of the weights a step needs: one per stage whose weights are pruned. */
export const weightMaskCount = (method: TrainingMethod): number =>
  Object.values(sparseOperand[method]).filter((operand) => operand === "weight").length

/** Attaches the sparsity that `method` gives this stage; `pattern` undefined leaves the product dense. */
export const withMethod = (
  gemm: LoweredGemm,
  stage: GemmStage,
  method: TrainingMethod,
  pattern: NmPattern | undefined,
  nonZeroShare = 1,
): MappedGemm => {
  const { groupedLength, ...product } = gemm
  const role = sparseOperand[method][stage]
  if (role === undefined || pattern === undefined || isDense(pattern)) return { ...product, nonZeroShare: 1 }
  const operand = product.b.role === role ? "b" : product.a.role === role ? "a" : undefined
  if (operand === undefined) return { ...product, nonZeroShare: 1 }
  return { ...product, sparsity: { operand, pattern, groupedLength }, nonZeroShare }
}
