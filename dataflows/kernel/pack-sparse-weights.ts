/**
 * Sparse weights of a pointwise layer as sparse kernels read them: bias and kept values in one stream, byte deltas between
 * the activations that they meet, and counts. Layout of XNNPACK's f32 spmm (`widx_dmap`, `nidx_nnzmap`).
 */
import { WorkloadError } from "../../arch/errors.ts"

/** Output channels that share one index: 1 (unstructured), 2 or 4. */
export type BlockRows = 1 | 2 | 4

export interface SparseWeights {
  readonly cin: number
  readonly cout: number
  readonly blockRows: BlockRows
  /** Bytes between the same pixel of successive input channels (CHW): 4 × pixels. */
  readonly channelBytes: number
  /** For each block of rows: its biases, then `blockRows` values for each kept column. Whole blocks first, then single rows. */
  readonly values: Float32Array
  /** After kept column i the input pointer moves by `deltas[i]`; the last returns to the first. One zero stands after them, which pipelined kernels read ahead. */
  readonly deltas: Int32Array
  /** Kept columns of each block, then of each single row. */
  readonly counts: Uint32Array
  /** Channel of the first kept column, where the input pointer starts; 0 when nothing is kept. */
  readonly firstChannel: number
}

/** Rows that one entry of `counts` stands for: whole blocks, then what is left one by one. */
export const blockHeights = (cout: number, blockRows: BlockRows): readonly number[] => {
  const whole = Math.floor(cout / blockRows)
  return [
    ...Array.from({ length: whole }, () => blockRows as number),
    ...Array.from({ length: cout - whole * blockRows }, () => 1),
  ]
}

/**
 * Packs `weights` (cout × cin, row major) and `bias` (cout). A column of a block is kept if any of its rows has a non-zero
 * there. @throws WorkloadError for arrays that do not fit the shape, or a plane too large for 32-bit byte deltas
 */
export const packSparseWeights = (
  weights: Float32Array,
  bias: Float32Array,
  shape: { readonly cin: number; readonly cout: number; readonly pixels: number },
  blockRows: BlockRows,
): SparseWeights => {
  const { cin, cout, pixels } = shape
  if (weights.length !== cin * cout || bias.length !== cout) {
    throw new WorkloadError({
      message: `${weights.length} weights and ${bias.length} biases for ${cout} × ${cin}`,
      remedy: "Give cout × cin weights, row by row, and cout biases.",
    })
  }
  const channelBytes = 4 * pixels
  if (channelBytes * cin > 2 ** 31 - 1) {
    throw new WorkloadError({
      message: `${cin} channels of ${pixels} pixels are beyond the reach of 32-bit byte deltas`,
      remedy: "Cut the image into parts below 2 GiB.",
    })
  }
  const values: number[] = []
  const channels: number[] = []
  const counts: number[] = []
  let row = 0
  for (const height of blockHeights(cout, blockRows)) {
    for (let r = row; r < row + height; r += 1) values.push(bias[r])
    let count = 0
    for (let c = 0; c < cin; c += 1) {
      let kept = false
      for (let r = row; r < row + height; r += 1) kept ||= weights[r * cin + c] !== 0
      if (!kept) continue
      for (let r = row; r < row + height; r += 1) values.push(weights[r * cin + c])
      channels.push(c)
      count += 1
    }
    counts.push(count)
    row += height
  }
  const deltas = new Int32Array(channels.length + 1)
  for (let i = 0; i < channels.length; i += 1) {
    deltas[i] = (channels[(i + 1) % channels.length] - channels[i]) * channelBytes
  }
  return {
    cin,
    cout,
    blockRows,
    channelBytes,
    values: Float32Array.from(values),
    deltas,
    counts: Uint32Array.from(counts),
    firstChannel: channels[0] ?? 0,
  }
}

/** The dense matrix and biases again: the inverse of packing. */
export const unpackSparseWeights = (
  packed: SparseWeights,
): { readonly weights: Float32Array; readonly bias: Float32Array } => {
  const weights = new Float32Array(packed.cout * packed.cin)
  const bias = new Float32Array(packed.cout)
  let value = 0
  let index = 0
  let row = 0
  let channel = packed.firstChannel
  for (const [block, height] of blockHeights(packed.cout, packed.blockRows).entries()) {
    for (let r = 0; r < height; r += 1) bias[row + r] = packed.values[value++]
    for (let i = 0; i < packed.counts[block]; i += 1) {
      for (let r = 0; r < height; r += 1) weights[(row + r) * packed.cin + channel] = packed.values[value++]
      channel += packed.deltas[index++] / packed.channelBytes
    }
    row += height
  }
  return { weights, bias }
}

/** Bytes of each array, the read-ahead entry of the deltas included. */
export const sparseWeightBytes = (
  packed: SparseWeights,
): { readonly values: number; readonly deltas: number; readonly counts: number; readonly total: number } => {
  const values = packed.values.byteLength
  const deltas = packed.deltas.byteLength
  const counts = packed.counts.byteLength
  return { values, deltas, counts, total: values + deltas + counts }
}
