/** A 1×1 convolution with unstructured sparse weights over channel-major activations (CHW). */
import type { Conv2d } from "../../../dataflows/operator.ts"
import { convOutHeight, convOutWidth } from "../../../dataflows/operator.ts"
import { missing, waited } from "./activation-traffic.ts"
import { type CoreRates, floatBytes, lanes, type SparseConstants } from "./core-rates.ts"
import { nothingSpent, type OperatorCost } from "./layer-cost.ts"
import { pixelTiles } from "./pixel-tiles.ts"
import type { WeightSparsity } from "./weight-sparsity.ts"

/**
 * Share of a kept weight's cycles that does not shrink with the tile: its index, its value and the loop around them, five of
 * the twelve instructions of the 16×1 kernel (Elsen et al. 2020, kernel sources).
 */
const fixedShare = 5 / 12

/**
 * Cycles = Σ over tiles of (kept blocks × cycles of their loop on the core + rows × cycles of a row). Weights, their byte deltas and the rows'
 * counts are walked once a tile; pixel tiles are the outer loop. Source: loop nest of the authors' kernels (Fast Sparse
 * ConvNets); the constants are the library's, fitted on whole networks.
 */
export const sparseConv = (
  op: Conv2d,
  { zeros, block }: WeightSparsity,
  rates: CoreRates,
  sparse: SparseConstants,
): OperatorCost => {
  const pixels = convOutHeight(op) * convOutWidth(op) * op.batch
  const weights = op.inChannels * op.outChannels
  const blocksKept = Math.round((weights * (1 - zeros)) / block)
  // The last block of a row count that is no multiple of it is padded with zeros.
  const kept = Math.min(weights, blocksKept * block)
  const rows = Math.ceil(op.outChannels / block)
  let index = 0
  let busy = 0
  let tilesWalked = 0
  let issued = 0
  for (const { pixels: size, count } of pixelTiles(pixels, sparse.tilePixels)) {
    const perBlock = sparse.blockCycles[block] * (fixedShare + ((1 - fixedShare) * size) / sparse.tilePixels)
    const vectors = Math.ceil(size / lanes)
    const multiplies = (count * kept * vectors) / rates.fma
    busy += multiplies
    issued += count * kept * vectors * lanes
    const around = rows * sparse.rowCycles * rates.work
    index += Math.max(0, count * (blocksKept * perBlock + around) - multiplies)
    tilesWalked += count
  }
  const walked = blocksKept * (block + 1) * floatBytes + rows * 2 * floatBytes
  const input = op.inChannels * pixels * floatBytes
  const output = op.outChannels * pixels * floatBytes
  const activations = missing(input, output, rates)
  return {
    kernel: `sparse ${sparse.tilePixels}×${block}`,
    account: {
      ...nothingSpent,
      busy,
      "stall.index": index,
      "stall.pointwise": ((input + output) / floatBytes / lanes) * sparse.packCycles * rates.work,
      "stall.dram": waited(0, activations, rates),
      "stall.operator": rates.library.operatorCycles,
    },
    operations: { denseEquivalent: pixels * weights, nonZero: pixels * kept, issued },
    l1Read: tilesWalked * walked + (issued / block) * floatBytes,
    l1Written: output,
    lastCacheRead: Math.max(0, tilesWalked * walked) + input,
    weightsRead: walked,
    ...activations,
    weightBytes: walked,
    inputBytes: input,
    outputBytes: output,
    pointwise: 0,
  }
}
