/** Runs on the spatial array: the study's own figures, whole networks, and what such a machine cannot do. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ConfigError, UnsupportedError } from "../../arch/errors.ts"
import { loadEnergyTable } from "../../arch/energy-catalogue.ts"
import { machineIds, loadMachine } from "../../arch/machine-catalogue.ts"
import { gemmLayers } from "../../dataflows/network.ts"
import { forwardMacs } from "../../dataflows/operator.ts"
import { aggregate, totalOf } from "../../reports/aggregate.ts"
import { compare } from "../../reports/compare.ts"
import { energyReport } from "../../reports/energy.ts"
import { operationsOf } from "../../reports/operation-counts.ts"
import { roofline } from "../../reports/roofline.ts"
import { checkTrace } from "../../sim/trace/check.ts"
import { planInParts, planSpatial, spatialDesign } from "../../sim/sat/spatial/plan-spatial.ts"
import { spatialActionEnergies } from "../../sim/sat/spatial/spatial-energy.ts"
import { speedupBand } from "../../src/run/headline-bands.ts"
import { type PreparedRun, prepareRun, runOf } from "../../src/run/prepare-run.ts"
import { denseTwin } from "../../src/run/run-input.ts"
import type { RunSpec } from "../../src/run/run-spec.ts"
import { simulate } from "../../src/run/simulate.ts"
import { designId, tensorCore, weightPattern } from "../sim/sat/spatial/designs.ts"
import { parseNmPattern } from "../../dataflows/sparsity/nm-pattern.ts"
import { specOf } from "./spec-of.ts"

const on = (spec: Partial<RunSpec> & Pick<RunSpec, "workload">): Promise<PreparedRun> =>
  prepareRun(specOf({ machine: "sparseloop-stc-45nm", ...spec }))

// The study's M128 · K1152 · N1024 has its 128 filters first; in gemm:MxNxK the weights are K × N.
const study = { workload: "gemm:1024x128x1152" }

describe("a product on the sparse tensor core", () => {
  it.each([
    // Sparseloop's reference outputs, figure 15.
    ["TC", { n: 2, m: 8 }, 147_456],
    ["STC", { n: 2, m: 4 }, 73_728],
    ["STC_flexible", { n: 2, m: 8 }, 66_707],
    ["DSTC", { n: 2, m: 8 }, 37_083],
  ] as const)("on %s with weights %o takes the study's %d cycles", async (design, pattern, cycles) => {
    const run = await on({ ...study, design, pattern, activationDensity: 0.44 })
    expect(simulate(run).cycles).toBe(cycles)
  })

  it("is as much faster than its dense twin as the study says: 2.21 times at 2:8", async () => {
    const run = await on({
      ...study,
      design: "STC_flexible",
      pattern: { n: 2, m: 8 },
      activationDensity: 0.44,
    })
    const { speedup } = compare(aggregate(simulate(denseTwin(run)).trace), aggregate(simulate(run).trace))
    expect(speedup).toBeCloseTo(147_456 / 66_707, 9)
    expect(speedupBand(run).value).toBeCloseTo(speedup, 9)
  })

  it("says so where the design runs another pattern than the one asked for", async () => {
    const noted = async (design: string, pattern: RunSpec["pattern"]): Promise<string> =>
      simulate(
        await on({ ...study, design, pattern: pattern ?? { n: 1, m: 1 } }),
      ).trace.manifest.warnings.join()
    expect(await noted("TC", { n: 2, m: 4 })).toMatch(/runs 2:4 weights as dense/)
    expect(await noted("STC", { n: 2, m: 8 })).toMatch(/runs 2:8 weights as 2:4/)
    expect(await noted("STC_flexible", { n: 2, m: 8 })).toBe("")
    expect(await noted("DSTC", { n: 3, m: 5 })).toBe("")
  })
})

describe("a whole network on the sparse tensor core", () => {
  it.each(["resnet18", "mobilenet-v2", "bert-base"])(
    "%s: every product once, under every roof, well formed",
    async (workload) => {
      const run = await on({ workload, pattern: { n: 2, m: 4 } })
      const { trace, cycles } = simulate(run)
      expect(checkTrace(trace)).toEqual([])
      const summary = aggregate(trace)
      expect(operationsOf(summary, totalOf(summary))["dense-equivalent"]).toBe(
        gemmLayers(run.network).reduce((sum, { op }) => sum + forwardMacs(op), 0),
      )
      for (const { bound } of roofline(summary).byLayer) expect(bound).not.toBe("invalid")
      expect(cycles).toBeLessThan(simulate(denseTwin(run)).cycles)
    },
  )

  it("costs the same without its trace: cycles and energy", async () => {
    const run = await on({ workload: "resnet18", pattern: { n: 2, m: 4 } })
    const { trace, cycles } = simulate(run)
    const cost = runOf(run).costOn?.(run.machine)
    expect(cost?.cycles).toBe(cycles)
    expect(cost?.picojoules(loadEnergyTable("sparseloop-stc-45nm"))).toBeCloseTo(
      energyReport(aggregate(trace))?.total ?? 0,
      -3,
    )
  })

  it("groups of a convolution run one after another", async () => {
    const grouped = simulate(await on({ workload: "conv:14x14x64,k3,f64,p1,g4" })).cycles
    expect(grouped).toBe(4 * simulate(await on({ workload: "conv:14x14x16,k3,f16,p1" })).cycles)
  })

  it("does not prune what has one channel a group", async () => {
    const run = await on({ workload: "conv:14x14x64,k3,f64,p1,g64", pattern: { n: 2, m: 4 } })
    expect(() => simulate(run)).toThrow(/nothing of .* can be pruned/)
  })
})

describe("a product too deep for the shared memory", () => {
  const machine = tensorCore()
  const setup = (design: string) => {
    const chosen = spatialDesign(machine, design)
    return { chosen, actions: spatialActionEnergies(machine, chosen, loadEnergyTable(machine.energy.table)) }
  }

  it("is one part wherever the study could run it", () => {
    fc.assert(
      fc.property(designId, weightPattern, fc.integer({ min: 1, max: 1200 }), (design, text, k) => {
        const { chosen, actions } = setup(design)
        const sparsity = { pattern: parseNmPattern(text) ?? { n: 1, m: 1 }, activationDensity: 1 }
        const gemm = { m: 100, n: 60, k }
        expect(planInParts(machine, chosen, gemm, sparsity, actions)).toEqual([
          { plan: planSpatial(machine, chosen, gemm, sparsity, actions), times: 1 },
        ])
      }),
      { numRuns: 40 },
    )
  })

  it("runs in parts that cover k, each but the first reading the sums of the one before", () => {
    fc.assert(
      fc.property(designId, weightPattern, fc.integer({ min: 5000, max: 40_000 }), (design, text, k) => {
        const { chosen, actions } = setup(design)
        const sparsity = { pattern: parseNmPattern(text) ?? { n: 1, m: 1 }, activationDensity: 1 }
        const parts = planInParts(machine, chosen, { m: 64, n: 40, k }, sparsity, actions)
        const depth = parts.reduce((sum, { plan, times }) => sum + times * plan.work.gemm.k, 0)
        // Each part is padded to whole groups of the design, 64 elements at most.
        expect(depth).toBeGreaterThanOrEqual(k)
        expect(depth).toBeLessThan(k + 64)
        expect(parts.map(({ plan }) => plan.work.priorSums)).toEqual(
          parts.map((_, i) => (i === 0 ? 0 : 64 * 40)),
        )
      }),
      { numRuns: 40 },
    )
  })
})

describe("what such a machine cannot do", () => {
  it.each<readonly [string, Partial<RunSpec>, RegExp]>([
    ["a training step", { training: "bdwp", pattern: { n: 2, m: 4 } }, /--train/],
    ["a dense training step", { training: "dense" }, /--train/],
    ["another dataflow", { dataflow: "ws" }, /--dataflow/],
    ["a feature switched off", { ablate: ["fusion"] }, /--ablate/],
    ["a schedule", { schedule: new Map() }, /--schedule/],
    ["tiles", { detail: "tile" }, /--detail/],
    ["an objective", { objective: "energy" }, /--objective/],
    ["a metadata format", { metadata: "bitmap" }, /--metadata/],
    ["rows of their own N", { pattern: { kind: "row-wise", n: 4, m: 4 } }, /rowwise:4/],
  ])("is refused: %s", async (_, spec, message) => {
    const run = await on({ workload: "resnet9", ...spec })
    expect(() => simulate(run)).toThrow(UnsupportedError)
    expect(() => simulate(run)).toThrow(message)
  })

  it("is refused: a design that it has not, with the nearest", async () => {
    const run = await on({ ...study, design: "STC_felxible" })
    expect(() => simulate(run)).toThrow(ConfigError)
  })

  it("is refused by the array as well: designs and densities of activations are the spatial array's", async () => {
    for (const spec of [{ design: "STC" }, { activationDensity: 0.5 }]) {
      const run = await prepareRun(specOf({ workload: "resnet9", ...spec }))
      expect(() => simulate(run)).toThrow(UnsupportedError)
    }
  })
})

describe("every built-in machine that runs networks", () => {
  it.each(machineIds().filter((id) => loadMachine(id).kind !== "branch"))(
    "%s runs a product, and its closed form agrees with its trace",
    async (machine) => {
      const run = await prepareRun(specOf({ workload: "gemm:100x64x128", machine, pattern: { n: 1, m: 1 } }))
      const { trace, cycles } = simulate(run)
      expect(checkTrace(trace)).toEqual([])
      const cost = runOf(run).costOn?.(run.machine)
      expect(cost?.cycles).toBe(cycles)
      expect(cost?.picojoules(loadEnergyTable(run.machine.energy.table))).toBeCloseTo(
        energyReport(aggregate(trace))?.total ?? Number.NaN,
        -3,
      )
    },
  )
})
