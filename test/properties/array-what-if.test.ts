/** What a page's sliders say is what the engine says of the command beside them. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { loadArrayMachine, parseOverride } from "../../arch/machine-catalogue.ts"
import { parsePattern } from "../../dataflows/sparsity/pattern/pattern-text.ts"
import { arrayWhatIf } from "../../reports/what-if/array-sliders.ts"
import { type ArrayReplay, type PointCost, replayCost } from "../../sim/sat/replay.ts"
import type { Trace } from "../../sim/trace/trace.ts"
import type { ArrayRunInput } from "../../src/run/run-input.ts"
import type { RunSpec } from "../../src/run/run-spec.ts"
import { simulate } from "../../src/run/simulate.ts"
import { commandAt, pointAt, type WhatIfData } from "../../viz/what-if-data.ts"
import { smallNetwork } from "../arbitraries/network.ts"
import { runs } from "../arbitraries/runs.ts"
import { runCommand } from "../fixtures/run-command.ts"

const plain: RunSpec = {
  workload: "small",
  machine: "sat-vcu1525",
  overrides: [],
  ablate: [],
  objective: "time",
  seed: 1,
  detail: "stage",
  compat: "none",
}

const choices: fc.Arbitrary<Partial<RunSpec>> = fc.record(
  {
    training: fc.constantFrom("bdwp", "sr-ste", "sdgp", "transposable", "custom:FF=W,BP=W,WU=G" as const),
    metadata: fc.constantFrom("index", "bitmap" as const),
    dataflow: fc.constantFrom("os", "ws" as const),
    objective: fc.constantFrom("time", "energy" as const),
    ablate: fc.subarray(["pregeneration", "interleave", "scheduling", "fusion", "double-buffering"] as const),
  },
  { requiredKeys: [] },
)

/** The sliders of a trace as a page carries them: through JSON. */
const whatIfOf = ({ manifest }: Trace): WhatIfData => {
  const data = arrayWhatIf(manifest)
  if (data === undefined) throw new Error("the trace has no replay")
  return JSON.parse(JSON.stringify(data)) as WhatIfData
}

const estimateAt = (data: WhatIfData, at: readonly number[]): PointCost =>
  replayCost(data.replay as ArrayReplay, pointAt(data, at))

/** Stops of all sliders from shares of their lengths. */
const stopsAt = ({ sliders }: WhatIfData, shares: readonly number[]): readonly number[] =>
  sliders.map(({ stops }, i) => Math.floor((shares[i] ?? 0) * stops.length))

const shares = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
  minLength: 5,
  maxLength: 5,
})

/** Cycles, or the message where the buffers do not hold a fold of so large an array. */
const outcome = (cycles: () => number): number | string => {
  try {
    return cycles()
  } catch (error) {
    return (error as Error).message
  }
}

describe("an estimate of a page", () => {
  it("is at the run's own point the run itself, and elsewhere what the engine makes of the sliders' words", () => {
    fc.assert(
      fc.property(smallNetwork, choices, shares, (network, chosen, where) => {
        const { metadata, ...rest } = chosen
        const spec = { ...plain, ...rest, pattern: { n: 2, m: 8 } }
        const input = { spec, network, machine: loadArrayMachine("sat-vcu1525"), warnings: [] }
        let trace: Trace
        try {
          trace = simulate({ ...input, spec: metadata === undefined ? spec : { ...spec, metadata } }).trace
        } catch {
          // Networks of which nothing can be pruned.
          fc.pre(false)
          return
        }
        const data = whatIfOf(trace)
        const own = data.sliders.map((slider) => slider.own)
        expect(estimateAt(data, own).cycles).toBe(trace.manifest.totals.cycles)

        const at = stopsAt(data, where)
        const words = data.sliders.map(({ stops }, i) => stops[at[i] ?? 0]?.words ?? "")
        const sets = words.filter((word) => word.startsWith("--set "))
        const pattern = words.find((word) => word.startsWith("--sparsity "))?.slice("--sparsity ".length)
        const nm = pattern === undefined ? spec.pattern : parsePattern(pattern)
        const moved: ArrayRunInput = {
          ...input,
          machine: loadArrayMachine(
            "sat-vcu1525",
            sets.map((word) => parseOverride(word.slice("--set ".length))),
          ),
          spec: {
            ...spec,
            ...(metadata === undefined ? {} : { metadata }),
            ...(nm === undefined ? {} : { pattern: nm }),
          },
        }
        const engine = outcome(() => simulate(moved).cycles)
        const estimate = outcome(() => estimateAt(data, at).cycles)
        expect(estimate).toBe(engine)
      }),
      { numRuns: Math.ceil(runs / 4) },
    )
  }, 120_000)

  it.each([
    "resnet18 --on sat-vcu1525 --input cifar --batch 2 --train bdwp --sparsity 2:8",
    "mobilenet-v2 --on systolic-16x16 --batch 1 --set clock=300MHz",
    "vit-b/16 --on sat-vcu1525 --batch 1 --sparsity 2:4 --metadata bitmap --set dram.bandwidth=100GB/s",
  ])(
    "of %s is what the printed command gives, time and all",
    async (words) => {
      const data = whatIfOf(await runCommand(words))
      for (const where of [
        [0.99, 0, 0.6, 0.4, 0.2],
        [0.1, 0.9, 0.3, 0.75, 0.9],
        [0.7, 0.5, 0.95, 0.95, 0.5],
      ]) {
        const at = stopsAt(data, where)
        const { manifest } = await runCommand(commandAt(data, at))
        const { cycles, seconds } = estimateAt(data, at)
        expect([cycles, seconds]).toEqual([
          manifest.totals.cycles,
          manifest.totals.cycles / manifest.clockHertz,
        ])
      }
    },
    120_000,
  )
})
