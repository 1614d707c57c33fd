/**
 * Sliders of a run on an array machine. The engine itself is bundled into this script and plans the run anew at every
 * point; nothing of it is written down a second time.
 */
import { type ArrayReplay, type PointCost, replayCost } from "../../sim/sat/replay.ts"
import { cyclesText, percentText, secondsText } from "../number-format.ts"
import { pointAt } from "../what-if-data.ts"
import { enableSliders } from "./sliders.ts"

const boundText = (bounds: PointCost["bounds"]): string =>
  bounds
    .slice(0, 3)
    .filter(([, share]) => share >= 0.005)
    .map(([bound, share]) => `${bound} ${percentText(share)}`)
    .join(", ")

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
