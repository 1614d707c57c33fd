/** Sliders of a run on a board: the engine itself chooses and times every kernel anew at every point. */
import "./main.ts"
import { type GpuReplay, replayOnGpu } from "../../sim/gpu/replay.ts"
import { cyclesText, secondsText } from "../number-format.ts"
import { pointAt } from "../what-if-data.ts"
import { boundText } from "./bound-text.ts"
import { enableSliders } from "./sliders.ts"

enableSliders((data, at) => {
  const { cycles, seconds, bounds } = replayOnGpu(data.replay as GpuReplay, pointAt(data, at).numbers)
  return {
    seconds,
    cycles,
    figure: secondsText(seconds),
    size: cyclesText(cycles),
    where: `Time by bound: ${boundText(bounds)}`,
  }
})
