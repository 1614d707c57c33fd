/** Networks on GPU boards: which products run 2:4, and traces that every report can read. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { loadGpuMachine } from "../../arch/machine-catalogue.ts"
import { UnsupportedError } from "../../arch/errors.ts"
import { aggregate } from "../../reports/aggregate.ts"
import { bottlenecks } from "../../reports/bottleneck.ts"
import { compare } from "../../reports/compare.ts"
import { energyReport } from "../../reports/energy.ts"
import { roofline } from "../../reports/roofline.ts"
import { wholeCycles } from "../../sim/trace/whole-cycles.ts"
import { checkTrace } from "../../sim/trace/check.ts"
import type { Trace } from "../../sim/trace/trace.ts"
import type { RunSpec } from "../../src/run/run-spec.ts"
import { denseTwin } from "../../src/run/run-input.ts"
import { prepareRun } from "../../src/run/prepare-run.ts"
import { simulate } from "../../src/run/simulate.ts"
import { specOf } from "./spec-of.ts"

const half = { n: 2, m: 4 }
const run = async (spec: Partial<RunSpec>): Promise<Trace> =>
  simulate(await prepareRun(specOf({ workload: "bert-base", machine: "a100-pcie-80gb", ...spec }))).trace
const notes = async (spec: Partial<RunSpec>): Promise<string> =>
  (await run(spec)).manifest.warnings.join("\n")

describe("a network on a GPU", () => {
  it.each([
    ["bert-base", "a100-pcie-80gb"],
    ["resnet50", "rtx-4090"],
    ["mobilenet-v1", "rtx-2080-ti"],
    ["vit-b/16", "b200"],
    ["llama-7b", "gb10"],
  ])("%s on %s is a sound trace under all its roofs", async (workload, machine) => {
    const trace = await run({ workload, machine, pattern: half, batch: 8 })
    expect(checkTrace(trace)).toEqual([])
    const summary = aggregate(trace)
    const { total, byLayerStage } = roofline(summary)
    expect([total, ...byLayerStage].filter(({ bound }) => bound === "invalid")).toEqual([])
    const tensor = bottlenecks(summary).find(({ track }) => track === "tensor")
    expect(tensor?.shares.reduce((sum, { permille }) => sum + permille, 0)).toBe(1000)
  })

  it("shows waves of thread blocks on the busiest SM, a span for each up to a limit", async () => {
    const trace = await run({ workload: "gemm:8192x4096x4096" })
    const names = new Set(Array.from(trace.spans.name, (code) => trace.strings[code]))
    expect(names).toContain("last wave")
  })

  it("says how many products run 2:4 and which are too small to gain", async () => {
    expect(await notes({ pattern: half, batch: 32, seq: 384 })).toMatch(/72 of 97 products run 2:4; 24 have/)
    expect(await notes({ pattern: half })).toMatch(/too small to gain/)
  })

  it("runs 2:8 as the 2:4 that it is a case of, and says so", async () => {
    const options = { batch: 32, seq: 384 } as const
    expect(await notes({ pattern: { n: 2, m: 8 }, ...options })).toMatch(/2:8 runs as the 2:4/)
    const cyclesOf = async (pattern: { n: number; m: number }): Promise<number> =>
      (await run({ pattern, ...options })).manifest.totals.cycles
    expect(await cyclesOf({ n: 2, m: 8 })).toBe(await cyclesOf(half))
  })

  it("gains less as a whole than its products alone", async () => {
    const prepared = await prepareRun(
      specOf({ workload: "bert-base", machine: "a100-pcie-80gb", pattern: half, batch: 32, seq: 384 }),
    )
    const sparse = aggregate(simulate(prepared).trace)
    const dense = aggregate(simulate(denseTwin(prepared)).trace)
    const { speedup, productSpeedup } = compare(dense, sparse)
    expect(speedup).toBeGreaterThan(1)
    expect(productSpeedup).toBeGreaterThan(speedup)
    expect(productSpeedup).toBeLessThan(2)
  })

  it.each(["a100-pcie-80gb", "h100-sxm", "rtx-4090"])(
    "draws power near the limit of %s in a large product, within what its energy table is good for",
    async (machine) => {
      const trace = await run({ workload: "gemm:8192x8192x8192", machine })
      const summary = aggregate(trace)
      const watts =
        ((energyReport(summary)?.total ?? 0) * 1e-12) / (summary.cycles / trace.manifest.clockHertz)
      expect(watts).toBeGreaterThan(0.3 * loadGpuMachine(machine).power.limit.value)
      expect(watts).toBeLessThan(1.5 * loadGpuMachine(machine).power.limit.value)
    },
  )

  it.each([
    [{ training: "dense" as const }, /--train/],
    [{ dtype: "fp64" }, /fp64/],
    [{ dtype: "fp8" }, /fp8/],
  ])("refuses what it cannot do, and says why: %j", async (spec, says) => {
    const asked = run(spec)
    await expect(asked).rejects.toThrow(UnsupportedError)
    await expect(asked).rejects.toThrow(says)
  })
})

describe("seconds as whole cycles", () => {
  it("sum to the whole, none negative, none off by more than one", () => {
    const account = fc
      .array(fc.double({ min: 0, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 12 })
      .map((seconds) => Object.fromEntries(seconds.map((x, i) => [`stall.${i}`, x])))
    fc.assert(
      fc.property(account, fc.integer({ min: 1, max: 1e6 }), (seconds, cycles) => {
        const total = Object.values(seconds).reduce((sum, x) => sum + x, 0)
        fc.pre(total > 0)
        const whole = wholeCycles(seconds, cycles)
        expect(Object.values(whole).reduce((sum, x) => sum + x, 0)).toBe(cycles)
        for (const cause in seconds) {
          expect(whole[cause]).toBeGreaterThanOrEqual(0)
          expect(Math.abs(whole[cause] - (seconds[cause] / total) * cycles)).toBeLessThanOrEqual(1 + 1e-6)
        }
      }),
    )
  })
})

describe("V:N:M weights", () => {
  const v64of2to16 = { kind: "vector" as const, v: 64, n: 2, m: 16 }
  const options = { batch: 8, seq: 384 } as const

  it("run on the library that was measured with them, and skip more than half", async () => {
    const machine = "rtx-3090"
    const vnm = await run({ machine, pattern: v64of2to16, ...options })
    const plain = await run({ machine, pattern: half, ...options })
    expect(checkTrace(vnm)).toEqual([])
    expect(vnm.manifest.warnings.join("\n")).toMatch(/products run V:N:M/)
    expect(vnm.manifest.totals.cycles).toBeLessThan(plain.manifest.totals.cycles)
    const { total, byLayerStage } = roofline(aggregate(vnm))
    expect([total, ...byLayerStage].filter(({ bound }) => bound === "invalid")).toEqual([])
  })

  it("run as 2:4 on boards without such measurements", async () => {
    expect(await notes({ machine: "h100-pcie", pattern: v64of2to16, batch: 32, seq: 384 })).toMatch(
      /v64:2:16 runs as the 2:4/,
    )
  })
})
