/** Sliders of a run on a board: the engine itself chooses and times every kernel anew at every point. */
import "./main.ts"
import { type GpuReplay, replayOnGpu } from "../../sim/gpu/replay.ts"
import { pointAt } from "../what-if-data.ts"
import { passEstimate } from "./pass-estimate.ts"
import { enableSliders } from "./sliders.ts"

enableSliders((data, at) => passEstimate(replayOnGpu(data.replay as GpuReplay, pointAt(data, at).numbers)))
