/** What the sliders of a board's page say is what the engine makes of the command beside them, to the cycle. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { gpuWhatIf } from "../../reports/what-if/gpu-sliders.ts"
import { type GpuPointCost, type GpuReplay, replayOnGpu } from "../../sim/gpu/replay.ts"
import type { Trace } from "../../sim/trace/trace.ts"
import { runCommand } from "../fixtures/run-command.ts"
import { commandAt, pointAt, type WhatIfData } from "../../viz/what-if-data.ts"

const whatIfOf = ({ manifest }: Trace): WhatIfData =>
  JSON.parse(JSON.stringify(gpuWhatIf(manifest))) as WhatIfData

const estimateAt = (data: WhatIfData, at: readonly number[]): GpuPointCost =>
  replayOnGpu(data.replay as GpuReplay, pointAt(data, at).numbers)

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe.each([
  "bert-base --on a100-pcie-80gb --sparsity 2:4 --batch 8",
  "resnet50 --on rtx-4090 --dtype fp8",
  "resnet9 --on h100-pcie --sparsity 1:4 --set clock=1200MHz",
  "vit-b/16 --on rtx-3090 --dtype int8 --sparsity 2:4",
])("the estimate of the page of %s", (command) => {
  it("is the run itself where nothing was moved, and elsewhere what the engine makes of the command", async () => {
    const trace = await runCommand(command)
    const data = whatIfOf(trace)
    const own = data.sliders.map((slider) => slider.own)
    expect(own).toHaveLength(5)
    expect(estimateAt(data, own).cycles).toBe(trace.manifest.totals.cycles)
    await fc.assert(
      fc.asyncProperty(fc.array(share, { minLength: 5, maxLength: 5 }), async (where) => {
        const at = data.sliders.map(({ stops }, i) => Math.floor(where[i] * stops.length))
        const { totals, clockHertz } = (await runCommand(commandAt(data, at))).manifest
        const { cycles, seconds } = estimateAt(data, at)
        expect([cycles, seconds]).toEqual([totals.cycles, totals.cycles / clockHertz])
      }),
      { numRuns: 15 },
    )
  }, 60_000)
})

it("is not offered for V:N:M, which kernels with constants of their own may run", async () => {
  const trace = await runCommand("bert-base --on rtx-3090 --sparsity v64:2:8")
  expect(trace.manifest.replay).toBeUndefined()
  expect(gpuWhatIf(trace.manifest)).toBeUndefined()
})
