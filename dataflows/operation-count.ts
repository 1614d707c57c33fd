/**
 * Training operations of a network, counted on forward MACs: FF, BP and WU of a layer cost the same, the first layer has
 * no BP, and it stays dense, as do products of two activations.
 */
import { gemmLayers, type Network, stemOf } from "./network.ts"
import { forwardMacs } from "./operator.ts"
import { density, type SparsityPattern } from "./sparsity/pattern/sparsity-pattern.ts"
import { isSparseStage, type TrainingMethod } from "./training-method.ts"

export interface TrainingOperations {
  /** MACs of a dense training step. */
  readonly dense: number
  /** MACs left under the method. */
  readonly sparse: number
}

/** MACs of one training step, dense and under `method` with `pattern`. */
export const trainingOperations = (
  network: Network,
  method: TrainingMethod,
  pattern: SparsityPattern,
): TrainingOperations => {
  const layers = gemmLayers(network)
  const stem = stemOf(network)
  let dense = 0
  let sparse = 0
  for (const layer of layers) {
    const macs = forwardMacs(layer.op)
    const prunable = layer !== stem && layer.op.kind !== "matmul"
    for (const stage of ["FF", "BP", "WU"] as const) {
      if (stage === "BP" && layer === stem) continue
      dense += macs
      sparse += prunable && isSparseStage(method, stage) ? (macs * pattern.n) / pattern.m : macs
    }
  }
  return { dense, sparse }
}

/** The same for an ideal network whose stages cost 1 : 1 : 1 and are all prunable: the share of operations left. */
export const idealOperationShare = (method: TrainingMethod, pattern: SparsityPattern): number => {
  const stages = ["FF", "BP", "WU"] as const
  const left = stages.map((stage) => (isSparseStage(method, stage) ? density(pattern) : 1))
  return left.reduce((sum, share) => sum + share, 0) / stages.length
}
