/** Share of a layer's weights that has left L2 by the time the next tile walks them. */
import type { WasmNumbers } from "../../../arch/wasm-machine.ts"
import { beyondCapacity } from "../cache/beyond-capacity.ts"

/**
 * Weights larger than L2 leave it. Smaller ones would stay under least-recently-used replacement, but in measured layers a share
 * of them leaves once activations and outputs do not fit beside them: those are read ahead of use and fill it.
 */
export const weightsGone = (
  weightBytes: number,
  layerBytes: number,
  { l2Bytes, crowdedOut }: Pick<WasmNumbers, "l2Bytes" | "crowdedOut">,
): number => {
  const own = beyondCapacity(weightBytes, l2Bytes)
  return own + (1 - own) * crowdedOut * beyondCapacity(layerBytes, l2Bytes)
}
