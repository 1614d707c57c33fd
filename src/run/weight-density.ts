/** What pruning leaves of a network's real weights, layer by layer. */
import { gemmLayers, type Network, stemOf } from "../../dataflows/network.ts"
import { type DensityStatistics, pruneWeights } from "../../dataflows/sparsity/density.ts"
import { isDense } from "../../dataflows/sparsity/nm-pattern.ts"
import { keptAlong } from "../../dataflows/sparsity/pattern/kept-along.ts"
import type { SparsityPattern } from "../../dataflows/sparsity/pattern/sparsity-pattern.ts"

export interface LayerDensity extends DensityStatistics {
  readonly layer: string
  /** Share of the pattern's kept positions that hold a non-zero. */
  readonly nonZeroShare: number
}

/** Kept positions of a weight tensor that is grouped along its input channels. */
const keptPositions = (shape: readonly number[], pattern: SparsityPattern): number =>
  shape.reduce((product, size, axis) => product * (axis === 1 ? keptAlong(size, pattern) : size), 1)

/**
 * Prunes the weights of every layer that the run prunes, along the input channels as FF does. Layers without weights in
 * the file, and the stem, are left out. `step` hears of each layer.
 */
export const weightDensities = (
  network: Network,
  pattern: SparsityPattern | undefined,
  step: (layer: string, share: number) => void = () => undefined,
): readonly LayerDensity[] => {
  const layers = gemmLayers(network)
  const stem = stemOf(network)?.id
  return layers.flatMap(({ id, op, weights, sparsity }, i): readonly LayerDensity[] => {
    const own =
      sparsity === undefined || sparsity === "dense" ? (id === stem ? undefined : pattern) : sparsity
    if (weights === undefined || own === undefined || isDense(own) || sparsity === "dense") return []
    step(id, i / layers.length)
    const groups = op.kind === "conv2d" ? op.groups : 1
    const { statistics } = pruneWeights({ shape: weights.shape, values: weights.load(), groups }, own, "FF")
    const kept = keptPositions(weights.shape, own)
    return [{ layer: id, ...statistics, nonZeroShare: kept === 0 ? 0 : statistics.nonZeros / kept }]
  })
}
