/** A 1×1 convolution with unstructured sparse weights over channel-major activations (CHW). */
import type { Conv2d } from "../../../dataflows/operator.ts"
import { convOutHeight, convOutWidth } from "../../../dataflows/operator.ts"
import { beyondCapacity } from "../cache/beyond-capacity.ts"
import { tileTraffic } from "../cache/column-traffic.ts"
import { cacheReads, missing, waited } from "./activation-traffic.ts"
import { cacheLine, type CoreRates, floatBytes, lanes, type SparseConstants } from "./core-rates.ts"
import { nothingSpent, type OperatorCost } from "./layer-cost.ts"
import { pixelTiles } from "./pixel-tiles.ts"
import type { WeightSparsity } from "./weight-sparsity.ts"

/**
 * Share of a kept weight's cycles that does not shrink with the tile: its index, its value and the loop around them, five of
 * the twelve instructions of the 16×1 kernel (Elsen et al. 2020, kernel sources).
 */
const fixedShare = 5 / 12

/** Cycles of a line of a stream of which `againBytes` pass before it comes round; DRAM's part is counted with all of its traffic. */
const streamLineCycles = (againBytes: number, { caches, library }: CoreRates): number => {
  let reaching = 1
  let cycles = 0
  for (const { capacityBytes, streamLine } of caches.behind) {
    const beyond = beyondCapacity(againBytes, capacityBytes)
    cycles += reaching * (1 - beyond) * streamLine
    reaching *= beyond
  }
  return cycles * library.exposedMemory
}

/** Cycles of a line at its first use in a tile: from the cache that still holds it, since the operator before. */
const firstLineCycles = (operatorBytes: number, { caches }: CoreRates): number => {
  let reaching = 1
  let cycles = 0
  for (const { capacityBytes, scatteredLine } of caches.behind) {
    const beyond = Math.max(0, operatorBytes - capacityBytes) / operatorBytes
    cycles += Math.max(0, reaching - beyond) * scatteredLine
    reaching = Math.min(reaching, beyond)
  }
  return cycles + reaching * caches.dramLine
}

/**
 * Cycles = Σ over tiles of (kept blocks × cycles of their loop on the core + rows × cycles of a row + lines that L1 has not).
 * Weights, their byte deltas and the rows' counts are walked once a tile; pixel tiles are the outer loop. Source: loop nest of
 * the authors' kernels (Fast Sparse ConvNets); the constants are the library's, fitted on whole networks.
 */
export const sparseConv = (
  op: Conv2d,
  { zeros, block, columns }: WeightSparsity,
  rates: CoreRates,
  sparse: SparseConstants,
): OperatorCost => {
  const pixels = convOutHeight(op) * convOutWidth(op) * op.batch
  const weights = op.inChannels * op.outChannels
  const blocksKept = Math.round((weights * (1 - zeros)) / block)
  // The last block of a row count that is no multiple of it is padded with zeros.
  const kept = Math.min(weights, blocksKept * block)
  const rows = Math.ceil(op.outChannels / block)
  const walked = blocksKept * (block + 1) * floatBytes + rows * 2 * floatBytes
  const input = op.inChannels * pixels * floatBytes
  const output = op.outChannels * pixels * floatBytes
  const groups = columns ?? [{ share: 1, density: Math.min(1, blocksKept / (rows * op.inChannels)) }]
  const first = firstLineCycles(input + output, rates)
  let index = 0
  let cache = 0
  let missedLines = 0
  let beyondOwn = 0
  let beyondLast = 0
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
    const traffic = tileTraffic(
      {
        pixels,
        cin: op.inChannels,
        cout: op.outChannels,
        tile: size,
        rows,
        kept: blocksKept,
        groups,
        weightBytes: walked,
        aheadBytes: sparse.aheadBytes,
      },
      rates.caches.l1,
    )
    const tileBytes = walked + size * floatBytes * (op.inChannels + op.outChannels)
    const stream = streamLineCycles(tileBytes, rates)
    cache +=
      count *
      (traffic.lost * rates.caches.behind[0].scatteredLine + traffic.first * first + traffic.weights * stream)
    missedLines += count * (traffic.lost + traffic.weights)
    beyondOwn += count * beyondCapacity(tileBytes, rates.caches.behind[0].capacityBytes)
    beyondLast += count * beyondCapacity(tileBytes, rates.lastCache)
    index += Math.max(0, count * (blocksKept * perBlock + around) - multiplies)
    tilesWalked += count
  }
  const weightsRead = walked * Math.max(1, beyondLast)
  const behindL1 = missedLines * cacheLine + input
  const streamed = walked * Math.max(1, beyondOwn)
  const activations = missing(input, output, rates)
  return {
    kernel: `sparse ${sparse.tilePixels}×${block}`,
    account: {
      ...nothingSpent,
      busy,
      "stall.index": index,
      "stall.cache": cache,
      "stall.pointwise": ((input + output) / floatBytes / lanes) * sparse.packCycles * rates.work,
      "stall.dram": waited(weightsRead, activations, rates),
      "stall.operator": rates.library.operatorCycles,
    },
    operations: { denseEquivalent: pixels * weights, nonZero: pixels * kept, issued },
    l1Read: tilesWalked * walked + (issued / block) * floatBytes,
    l1Written: output,
    ...cacheReads(behindL1, streamed, input, output, rates),
    weightsRead,
    ...activations,
    weightBytes: walked,
    inputBytes: input,
    outputBytes: output,
    pointwise: 0,
  }
}
