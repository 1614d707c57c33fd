/** Sliders of a run on one core: the engine itself plans the pass anew at every point. */
import "./main.ts"
import { type CpuReplay, replayOnCpu } from "../../sim/cpu/network/replay.ts"
import { pointAt } from "../what-if-data.ts"
import { passEstimate } from "./pass-estimate.ts"
import { enableSliders } from "./sliders.ts"

enableSliders((data, at) => {
  const { numbers, pattern } = pointAt(data, at)
  const replay = data.replay as CpuReplay
  const zeros = pattern === undefined ? replay.zeros : Number.parseFloat(pattern) / 100
  return passEstimate(replayOnCpu(replay, numbers, zeros))
})
