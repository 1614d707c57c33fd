/** What the sliders of a predictor's page say is what the engine makes of another core, to what a trace rounds. */
import fc from "fast-check"
import { beforeAll, describe, expect, it } from "vitest"
import { branchReport } from "../../reports/branch/branch-report.ts"
import { branchSliders } from "../../reports/pages/what-if-section.ts"
import { type BranchReplay, coreFrom, replayAccount } from "../../sim/branch/core/replay.ts"
import type { Trace } from "../../sim/trace/trace.ts"
import { commandAt, pointAt, type WhatIfData } from "../../viz/what-if-data.ts"
import { smallBranchRun } from "../fixtures/small-branch-run.ts"

/** The run that a command asks for, whose flags beside the machine are all overrides. */
const traceOf = (command: string, warmUpInstructions: number): Promise<Trace> =>
  smallBranchRun(
    [...command.matchAll(/--set (\S+)/g)].map(([, set]) => set),
    { warmUpInstructions },
  )

const estimateAt = (data: WhatIfData, at: readonly number[]): number =>
  Object.values(replayAccount(data.replay as BranchReplay, coreFrom(pointAt(data, at).numbers))).reduce(
    (sum, cycles) => sum + cycles,
    0,
  )

const measuredCycles = (trace: Trace): { readonly cycles: number; readonly windows: number } => {
  const { measured, windows } = branchReport(trace)
  return { cycles: measured.cycles, windows: windows.filter(({ phase }) => phase === "measured").length }
}

describe.each([0, 300_000])("the estimate of a predictor's page, after a warm-up of %s", (warmUp) => {
  let data: WhatIfData

  beforeAll(async () => {
    const trace = await traceOf("", warmUp)
    const sliders = branchSliders(branchReport(trace), "gshare")
    data = JSON.parse(JSON.stringify(sliders?.data)) as WhatIfData
  })

  it("is the run itself where nothing was moved, to half a cycle a window", () => {
    const own = data.sliders.map((slider) => slider.own)
    expect(Math.abs(estimateAt(data, own) - data.cycles)).toBeLessThanOrEqual(0.5 * data.rounding)
  })

  it("is elsewhere what the engine makes of the command beside it, to half a cycle a window", async () => {
    const shares = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    await fc.assert(
      fc.asyncProperty(fc.tuple(shares, shares, shares), async (where) => {
        const at = data.sliders.map(({ stops }, i) => Math.floor(where[i] * stops.length))
        const { cycles, windows } = measuredCycles(await traceOf(commandAt(data, at), warmUp))
        expect(Math.abs(estimateAt(data, at) - cycles)).toBeLessThanOrEqual(0.5 * windows)
      }),
      { numRuns: 12 },
    )
  }, 120_000)
})
