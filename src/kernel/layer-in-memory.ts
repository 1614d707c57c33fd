/** A pointwise layer placed in the memory of a WebAssembly module, ready for its kernels. */
import { type GemmVariant, gemmName } from "../../dataflows/kernel/gemm-kernel.ts"
import { packDenseWeights, panelColumns } from "../../dataflows/kernel/pack-dense-weights.ts"
import { type BlockRows, packSparseWeights } from "../../dataflows/kernel/pack-sparse-weights.ts"
import type { PointwiseLayer } from "../../dataflows/kernel/random-layer.ts"
import type { OutputLimits } from "../../dataflows/kernel/reference-product.ts"
import { type SpmmVariant, spmmName } from "../../dataflows/kernel/spmm-kernel.ts"
import type { AssembledKernels, KernelMemory } from "./assemble-kernels.ts"

/** A kernel with a layer's operands. */
export interface PreparedCall {
  readonly run: () => void
  /** The result: cout × pixels. */
  readonly output: () => Float32Array
}

/** Arrays begin on cache lines; a stretch between them keeps them from falling into the same sets. */
const line = 64

interface Places {
  readonly put: (array: Float32Array | Int32Array | Uint32Array) => number
  readonly leave: (bytes: number) => number
}

const placesFrom = (memory: KernelMemory, start: number): Places => {
  let next = start
  const leave = (bytes: number): number => {
    const place = Math.ceil(next / line) * line
    next = place + bytes + line
    if (next > memory.buffer.byteLength) memory.grow(Math.ceil((next - memory.buffer.byteLength) / 65_536))
    return place
  }
  return {
    leave,
    put: (array) => {
      const place = leave(array.byteLength)
      new Uint8Array(memory.buffer, place, array.byteLength).set(
        new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
      )
      return place
    },
  }
}

/** Bytes that a layer takes in memory with both its forms, generously. */
export const layerBytes = ({ shape: { pixels, cin, cout } }: PointwiseLayer): number =>
  4 * (3 * (pixels + 8) * (cin + cout + 8) + 6 * cin * (cout + 8) + 8 * cout) + 65_536

const prepareSparse = (
  kernels: AssembledKernels,
  layer: PointwiseLayer,
  limits: OutputLimits,
  start: number,
  variant: SpmmVariant,
): PreparedCall => {
  const { pixels, cout } = layer.shape
  const places = placesFrom(kernels.memory, start)
  const blockRows: BlockRows = variant.blockRows
  const packed = packSparseWeights(layer.weights, layer.bias, layer.shape, blockRows)
  const blocks = blockRows === 1 ? 0 : Math.floor(cout / blockRows)
  const operands = [
    pixels,
    blocks,
    cout - blocks * blockRows,
    places.put(layer.activations) + packed.firstChannel * packed.channelBytes,
    places.put(packed.values),
    places.put(packed.deltas),
    places.put(packed.counts),
  ]
  const out = places.leave(4 * cout * pixels)
  const limitsAt = places.put(Float32Array.of(limits.least, limits.greatest))
  const call = kernels.kernel(`spmm-${spmmName(variant)}`)
  const all = [...operands, out, 4 * pixels, 4 * pixels * cout, limitsAt] as const
  return {
    run: () => {
      call(...all)
    },
    output: () => new Float32Array(kernels.memory.buffer, out, cout * pixels).slice(),
  }
}

/** Activations of another layout: pixels × channels (NHWC). */
const pixelMajor = (layer: PointwiseLayer, rows: number): Float32Array => {
  const { pixels, cin } = layer.shape
  const out = new Float32Array(rows * cin)
  for (let p = 0; p < pixels; p += 1) {
    for (let c = 0; c < cin; c += 1) out[p * cin + c] = layer.activations[c * pixels + p]
  }
  return out
}

const prepareDense = (
  kernels: AssembledKernels,
  layer: PointwiseLayer,
  limits: OutputLimits,
  start: number,
  variant: GemmVariant,
): PreparedCall => {
  const { pixels, cout } = layer.shape
  const places = placesFrom(kernels.memory, start)
  const panels = Math.ceil(cout / panelColumns)
  const rows = Math.max(pixels, variant.pixels)
  const columns = panels * panelColumns
  const input = places.put(pixelMajor(layer, rows))
  const weights = places.put(packDenseWeights(layer.weights, layer.bias, layer.shape))
  const out = places.leave(4 * rows * columns)
  const limitsAt = places.put(Float32Array.of(limits.least, limits.greatest))
  const call = kernels.kernel(`gemm-${gemmName(variant)}`)
  const all = [rows, panels, input, weights, out, 4 * columns, limitsAt] as const
  return {
    run: () => {
      call(...all)
    },
    output: () => {
      const stored = new Float32Array(kernels.memory.buffer, out, rows * columns)
      const result = new Float32Array(cout * pixels)
      for (let p = 0; p < pixels; p += 1) {
        for (let o = 0; o < cout; o += 1) result[o * pixels + p] = stored[p * columns + o]
      }
      return result
    },
  }
}

/** What a layer is run with. */
export type KernelChoice =
  | { readonly kind: "sparse"; readonly variant: SpmmVariant }
  | { readonly kind: "dense"; readonly variant: GemmVariant }

/** Packs the layer's operands into memory from byte `start` on. Throws WorkloadError for a layer that is too large. */
export const prepareCall = (
  kernels: AssembledKernels,
  layer: PointwiseLayer,
  limits: OutputLimits,
  start: number,
  choice: KernelChoice,
): PreparedCall =>
  choice.kind === "sparse"
    ? prepareSparse(kernels, layer, limits, start, choice.variant)
    : prepareDense(kernels, layer, limits, start, choice.variant)
