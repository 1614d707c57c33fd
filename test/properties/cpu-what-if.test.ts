/** What the sliders of a CPU run's page say is what the engine makes of the command beside them, to the cycle. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { cpuWhatIf } from "../../reports/what-if/cpu-sliders.ts"
import { type CpuPointCost, type CpuReplay, replayOnCpu } from "../../sim/cpu/network/replay.ts"
import type { Trace } from "../../sim/trace/trace.ts"
import { runCommand } from "../fixtures/run-command.ts"
import { commandAt, pointAt, type WhatIfData } from "../../viz/what-if-data.ts"

const whatIfOf = ({ manifest }: Trace): WhatIfData =>
  JSON.parse(JSON.stringify(cpuWhatIf(manifest))) as WhatIfData

const estimateAt = (data: WhatIfData, at: readonly number[]): CpuPointCost => {
  const { numbers, pattern } = pointAt(data, at)
  const replay = data.replay as CpuReplay
  return replayOnCpu(replay, numbers, pattern === undefined ? replay.zeros : Number.parseFloat(pattern) / 100)
}

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe.each([
  ["mobilenet-v1 --on rpi4", 2],
  ["mobilenet-v1 --on rpi4 --sparsity 90%", 3],
  ["mobilenet-v2 --on rpi4 --sparsity 83.5%/2x1 --set clock=1200MHz", 3],
  ["mobilenet-v1 --on rpi4 --sparsity 80%/4x1 --library ncnn", 3],
])("the estimate of the page of %s", (command, sliders) => {
  it("is the run itself where nothing was moved, and elsewhere what the engine makes of the command", async () => {
    const trace = await runCommand(command)
    const data = whatIfOf(trace)
    expect(data.sliders).toHaveLength(sliders)
    const own = data.sliders.map((slider) => slider.own)
    expect(estimateAt(data, own).cycles).toBe(trace.manifest.totals.cycles)
    await fc.assert(
      fc.asyncProperty(fc.tuple(share, share, share), async (where) => {
        const at = data.sliders.map(({ stops }, i) => Math.floor(where[i] * stops.length))
        const { totals, clockHertz } = (await runCommand(commandAt(data, at))).manifest
        const { cycles, seconds } = estimateAt(data, at)
        expect([cycles, seconds]).toEqual([totals.cycles, totals.cycles / clockHertz])
      }),
      { numRuns: 15 },
    )
  }, 60_000)
})
