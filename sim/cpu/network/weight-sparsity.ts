/** Unstructured sparsity of weights, alone or in blocks of output channels, and which layers of a network have it. */
import type { Layer, Network } from "../../../dataflows/network.ts"
import type { ColumnGroup } from "../cache/column-reuse.ts"
import { convOutHeight, convOutWidth } from "../../../dataflows/operator.ts"

/** Rows of output channels that share the positions of their zeros. */
export type ChannelBlock = 1 | 2 | 4

export interface WeightSparsity {
  /** Share of weights that are zero, 0 to 1 (exclusive). */
  readonly zeros: number
  readonly block: ChannelBlock
  /** How many rows of blocks keep a column, where the weights are known; absent: any is as likely as another. */
  readonly columns?: readonly ColumnGroup[]
}

/** What each layer of a network has, by layer id; absent is dense. */
export type NetworkSparsity = ReadonlyMap<string, WeightSparsity>

/** Groups that columns of similar use are put into. */
const columnGroups = 8

/** Columns by how many of `rows` keep them, the least used first, in groups of equal size. */
const groupsOf = (uses: Uint32Array, rows: number): readonly ColumnGroup[] => {
  const sorted = uses.toSorted()
  const groups = Math.min(columnGroups, sorted.length)
  return Array.from({ length: groups }, (_, g) => {
    const from = Math.floor((g * sorted.length) / groups)
    const part = sorted.subarray(from, Math.floor(((g + 1) * sorted.length) / groups))
    const kept = part.reduce((sum, n) => sum + n, 0)
    return { share: part.length / sorted.length, density: kept / (part.length * rows) }
  })
}

/**
 * What of a matrix of `rows` output channels × `columns` inputs is zero, and the blocks its kernel takes: those of four rows if
 * they are nine tenths full, else those of two, else single weights. `zeros` counts the weights that the blocks skip.
 * Source of the rule: XNNPACK, which chooses blocks so when it packs.
 */
export const zerosIn = (values: Float32Array, rows: number, columns: number): WeightSparsity => {
  let kept = 0
  for (const value of values) if (value !== 0) kept++
  const blocksOf = (block: ChannelBlock): { readonly blocks: number; readonly uses: Uint32Array } => {
    let blocks = 0
    const uses = new Uint32Array(columns)
    for (let row = 0; row < rows; row += block) {
      const end = Math.min(rows, row + block)
      for (let column = 0; column < columns; column++) {
        let any = false
        for (let r = row; r < end; r++) any ||= values[r * columns + column] !== 0
        if (!any) continue
        blocks++
        uses[column]++
      }
    }
    return { blocks, uses }
  }
  for (const block of [4, 2, 1] as const) {
    const { blocks, uses } = blocksOf(block)
    if (block > 1 && (kept === 0 || kept < 0.9 * block * blocks)) continue
    const zeros = Math.max(0, 1 - (blocks * block) / values.length)
    return { zeros, block, columns: groupsOf(uses, Math.ceil(rows / block)) }
  }
  throw new Error("single weights are always full")
}

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

/** A 1×1 convolution over more than one pixel: what sparse kernels of phones are made for. */
export const isPointwise = ({ op }: Layer): boolean =>
  op.kind === "conv2d" &&
  op.groups === 1 &&
  op.kernelHeight * op.kernelWidth === 1 &&
  convOutHeight(op) * convOutWidth(op) > 1

/** The 1×1 convolutions of a network over more than one pixel, as sparse as `zeros` says: the layers that papers prune. */
export const pointwiseSparsity = (network: Network, zeros: number, rule: BlockRule): NetworkSparsity => {
  if (zeros === 0) return new Map()
  const last = network.layers.reduce((most, { id }) => Math.max(most, blockIndex(id)), 0)
  const from = rule.from === "last" ? last : rule.from
  const out = new Map<string, WeightSparsity>()
  for (const layer of network.layers) {
    const { id } = layer
    if (!isPointwise(layer)) continue
    // What comes after the last block, a final 1×1 convolution, belongs to it.
    const at = blockIndex(id) === 0 ? last : blockIndex(id)
    out.set(id, { zeros, block: at >= from ? rule.block : 1 })
  }
  return out
}
