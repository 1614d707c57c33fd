/**
 * Sliders of a run on an array machine. The engine itself is bundled into this script and plans the run anew at every
 * point; nothing of it is written down a second time.
 */
import "./main.ts"
import { type ArrayReplay, replayCost } from "../../sim/sat/replay.ts"
import { cyclesText, secondsText } from "../number-format.ts"
import { pointAt } from "../what-if-data.ts"
import { boundText } from "./bound-text.ts"
import { enableSliders } from "./sliders.ts"

enableSliders((data, at) => {
  const { cycles, seconds, bounds } = replayCost(data.replay as ArrayReplay, pointAt(data, at))
  return {
    seconds,
    cycles,
    figure: secondsText(seconds),
    size: cyclesText(cycles),
    where: `Time by bound: ${boundText(bounds)}`,
  }
})
