/** What the model says of a layer that was, or could be, measured. */
import type { WasmNumbers } from "../../arch/wasm-machine.ts"
import { blockHeights } from "../../dataflows/kernel/pack-sparse-weights.ts"
import { randomLayer } from "../../dataflows/kernel/random-layer.ts"
import type { SpmmVariant } from "../../dataflows/kernel/spmm-kernel.ts"
import { denseLayerCycles } from "../../sim/cpu/wasm/dense-layer-cycles.ts"
import { sparseLayerCycles } from "../../sim/cpu/wasm/sparse-layer-cycles.ts"
import {
  type SparseEvents,
  type SparseWork,
  sparseLayerEvents,
} from "../../sim/cpu/wasm/sparse-layer-events.ts"
import type { MeasuredLayer } from "./measure-layers.ts"

/** Kept columns of each block of rows of real weights. */
export const sparseWork = (layer: MeasuredLayer, variant: SpmmVariant): SparseWork => {
  const { cin, cout, pixels } = layer.shape
  const { weights } = randomLayer(layer.shape, layer.sparsity, layer.seed)
  const heights = blockHeights(cout, variant.blockRows)
  const counts = new Uint32Array(heights.length)
  let row = 0
  for (const [block, height] of heights.entries()) {
    for (let c = 0; c < cin; c += 1) {
      let kept = 0
      for (let r = row; r < row + height; r += 1) kept |= weights[r * cin + c] === 0 ? 0 : 1
      counts[block] += kept
    }
    row += height
  }
  return { pixels, cin, cout, counts, heights }
}

/** Events of a sparse kernel on the layer's real weights. */
export const sparseEvents = (
  layer: MeasuredLayer,
  variant: SpmmVariant,
  numbers: WasmNumbers,
): SparseEvents => sparseLayerEvents(sparseWork(layer, variant), variant, numbers)

/** Seconds that the events of a sparse kernel take. */
export const sparseSeconds = (events: SparseEvents, numbers: WasmNumbers): number =>
  sparseLayerCycles(events, numbers).total / numbers.clock

/** Seconds of the dense kernel on a shape. */
export const denseSeconds = ({ shape: { pixels, cin, cout } }: MeasuredLayer, numbers: WasmNumbers): number =>
  denseLayerCycles({ pixels, cout }, { pixels: 4, unroll: 1, cin }, numbers).total / numbers.clock
