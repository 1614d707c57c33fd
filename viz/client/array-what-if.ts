/**
 * Sliders of a run on an array machine. The engine itself is bundled into this script and plans the run anew at every
 * point; nothing of it is written down a second time.
 */
import "./main.ts"
import { type ArrayReplay, replayCost } from "../../sim/sat/replay.ts"
import { pointAt } from "../what-if-data.ts"
import { passEstimate } from "./pass-estimate.ts"
import { enableSliders } from "./sliders.ts"

enableSliders((data, at) => passEstimate(replayCost(data.replay as ArrayReplay, pointAt(data, at))))
