/** Cycles of a dense pointwise layer: tiles × panels of 8 output channels × (panel overhead + channels × a turn of the loop). */
import type { WasmNumbers } from "../../../arch/wasm-machine.ts"
import { channelLoop, type GemmVariant } from "../../../dataflows/kernel/gemm-kernel.ts"
import { loopProfile } from "../../../dataflows/kernel/loop-profile.ts"
import { panelColumns } from "../../../dataflows/kernel/pack-dense-weights.ts"
import { beyondCapacity } from "../cache/beyond-capacity.ts"
import { loopTurnCycles } from "./loop-turn-cycles.ts"
import { weightsGone } from "./weights-gone.ts"

const floatBytes = 4

export interface DenseCycles {
  readonly total: number
  readonly products: number
  readonly panels: number
  /** Activations that L1 lost between two panels. */
  readonly rows: number
  /** Weights streamed for every tile from beyond L2, and activations and outputs at first touch. */
  readonly beyondL2: number
}

/** Cycles of the kernel `variant` on a layer of `pixels` × `variant.cin` → `cout`. */
export const denseLayerCycles = (
  shape: { readonly pixels: number; readonly cout: number },
  variant: GemmVariant,
  numbers: WasmNumbers,
): DenseCycles => {
  const { pixels, cout } = shape
  const { cin, unroll } = variant
  const tiles = Math.ceil(pixels / variant.pixels)
  const panels = Math.ceil(cout / panelColumns)
  const turns = channelLoop(variant).map((loop) =>
    loop.op === "repeat" ? loopTurnCycles(loopProfile(loop.body), numbers) : 0,
  )
  const whole = Math.floor(cin / unroll)
  const channels = whole * turns[0] + (turns.length > 1 ? (cin - whole * unroll) * turns[1] : 0)
  const weightBytes = floatBytes * panels * panelColumns * (cin + 1)
  const touchedBytes = floatBytes * pixels * (cin + panels * panelColumns)
  const gone = weightsGone(weightBytes, weightBytes + touchedBytes, numbers)
  const streamed =
    tiles * weightBytes * gone * beyondCapacity(weightBytes + touchedBytes / tiles, numbers.l1Bytes)
  const touched = touchedBytes * beyondCapacity(weightBytes + touchedBytes, numbers.l2Bytes)
  // Rows of activations are read again for every panel, which passes through L1 in between.
  const again = (tiles * panels * floatBytes * variant.pixels * cin) / numbers.lineBytes
  const lost = again * beyondCapacity(floatBytes * cin * (variant.pixels + panelColumns), numbers.l1Bytes)
  const cycles = {
    products: tiles * panels * channels,
    panels: tiles * panels * numbers.panelCycles,
    rows: lost * numbers.l2LineCycles,
    beyondL2: ((streamed + touched) / numbers.lineBytes) * numbers.denseLineCycles,
  }
  return { ...cycles, total: cycles.products + cycles.panels + cycles.rows + cycles.beyondL2 }
}
