/** Cycles of a dense pointwise layer: tiles × panels of 8 output channels × (panel overhead + channels × a turn of the loop). */
import type { WasmNumbers } from "../../../arch/wasm-machine.ts"
import { channelLoop, type GemmVariant } from "../../../dataflows/kernel/gemm-kernel.ts"
import { loopProfile } from "../../../dataflows/kernel/loop-profile.ts"
import { panelColumns } from "../../../dataflows/kernel/pack-dense-weights.ts"
import { beyondL2 } from "./beyond-l2.ts"
import { loopTurnCycles } from "./loop-turn-cycles.ts"

export interface DenseCycles {
  readonly total: number
  readonly products: number
  readonly panels: number
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
  const weightBytes = 4 * panels * panelColumns * (cin + 1)
  const touchedBytes = 4 * pixels * (cin + panels * panelColumns)
  const streamed = tiles * weightBytes * beyondL2(weightBytes, numbers.l2Bytes)
  const touched = touchedBytes * beyondL2(weightBytes + touchedBytes, numbers.l2Bytes)
  const products = tiles * panels * channels
  const panelOverhead = tiles * panels * numbers.panelCycles
  const beyond = ((streamed + touched) / numbers.lineBytes) * numbers.denseLineCycles
  return {
    products,
    panels: panelOverhead,
    beyondL2: beyond,
    total: products + panelOverhead + beyond,
  }
}
