/** Unstructured sparsity of weights, alone or in blocks of output channels, and which layers of a network have it. */
import type { Network } from "../../../dataflows/network.ts"
import { convOutHeight, convOutWidth } from "../../../dataflows/operator.ts"

/** Rows of output channels that share the positions of their zeros. */
export type ChannelBlock = 1 | 2 | 4

export interface WeightSparsity {
  /** Share of weights that are zero, 0 to 1 (exclusive). */
  readonly zeros: number
  readonly block: ChannelBlock
}

/** What each layer of a network has, by layer id; absent is dense. */
export type NetworkSparsity = ReadonlyMap<string, WeightSparsity>

/** "block12.expand" → 12: the place of a layer among the blocks of a mobile network. */
const blockIndex = (layer: string): number => Number(/^block(\d+)\./.exec(layer)?.[1] ?? 0)

/**
 * Where blocks begin: `first` counts the network's own blocks from 1, `all` has them everywhere.
 * Fast Sparse ConvNets (Elsen et al. 2020, models' README): MobileNet v1 has 4×1 blocks in its last block, MobileNet v2 2×1
 * from inverted residual block 11 on, which counts from 0.
 */
export interface BlockRule {
  readonly block: ChannelBlock
  readonly from: number | "last"
}

/** The 1×1 convolutions of a network over more than one pixel, as sparse as `zeros` says: the layers that papers prune. */
export const pointwiseSparsity = (network: Network, zeros: number, rule: BlockRule): NetworkSparsity => {
  if (zeros === 0) return new Map()
  const last = network.layers.reduce((most, { id }) => Math.max(most, blockIndex(id)), 0)
  const from = rule.from === "last" ? last : rule.from
  const out = new Map<string, WeightSparsity>()
  for (const { id, op } of network.layers) {
    if (op.kind !== "conv2d" || op.groups > 1 || op.kernelHeight * op.kernelWidth > 1) continue
    if (convOutHeight(op) * convOutWidth(op) === 1) continue
    // What comes after the last block, a final 1×1 convolution, belongs to it.
    const at = blockIndex(id) === 0 ? last : blockIndex(id)
    out.set(id, { zeros, block: at >= from ? rule.block : 1 })
  }
  return out
}
