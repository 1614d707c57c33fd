/** Sliders of a predictor's run: the interval model itself prices the run's miss events on another core. */
import "./main.ts"
import { type BranchReplay, coreFrom, replayAccount } from "../../sim/branch/core/replay.ts"
import { cyclesText, percentText, shortNumber } from "../number-format.ts"
import { pointAt } from "../what-if-data.ts"
import { enableSliders } from "./sliders.ts"

enableSliders((data, at) => {
  const replay = data.replay as BranchReplay
  const account = replayAccount(replay, coreFrom(pointAt(data, at).numbers))
  const cycles = Object.values(account).reduce((sum, part) => sum + part, 0)
  const share = (part: number): string => percentText(part / cycles)
  const targets = account.indirectTarget + account.returnTarget + account.decodeRedirect
  return {
    // The clock stays as it was.
    seconds: (cycles / data.cycles) * data.seconds,
    cycles,
    figure: `${shortNumber(cycles / replay.instructions)} CPI`,
    size: `${shortNumber(replay.instructions / cycles)} instructions a cycle, ${cyclesText(cycles)}`,
    where: `Dispatching ${share(account.dispatch)}, lost to mispredictions ${share(account.mispredicted)}, to unknown targets ${share(targets)}`,
  }
})
