/** What sliders say of a pass over a network, whatever machine it ran on. */
import { cyclesText, secondsText } from "../number-format.ts"
import { boundText } from "./bound-text.ts"
import type { Estimate } from "./sliders.ts"

export const passEstimate = ({
  cycles,
  seconds,
  bounds,
}: {
  readonly cycles: number
  readonly seconds: number
  readonly bounds: Parameters<typeof boundText>[0]
}): Estimate => ({
  seconds,
  cycles,
  figure: secondsText(seconds),
  size: cyclesText(cycles),
  where: `Time by bound: ${boundText(bounds)}`,
})
