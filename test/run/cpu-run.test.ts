/** Networks on CPU cores: traces that every report can read, and what is refused. */
import { describe, expect, it } from "vitest"
import { ConfigError, UnsupportedError } from "../../arch/errors.ts"
import { aggregate } from "../../reports/aggregate.ts"
import { bottlenecks } from "../../reports/bottleneck.ts"
import { compare } from "../../reports/compare.ts"
import { energyReport } from "../../reports/energy.ts"
import { roofline } from "../../reports/roofline.ts"
import { checkTrace } from "../../sim/trace/check.ts"
import type { Trace } from "../../sim/trace/trace.ts"
import { prepareRun } from "../../src/run/prepare-run.ts"
import { denseTwin } from "../../src/run/run-input.ts"
import { readUnstructured, type RunSpec } from "../../src/run/run-spec.ts"
import { simulate } from "../../src/run/simulate.ts"
import { specOf } from "./spec-of.ts"

const ninety = { zeros: 0.9, block: 1 as const }
const prepared = (spec: Partial<RunSpec>) =>
  prepareRun(specOf({ workload: "mobilenet-v1", machine: "snapdragon-835", ...spec }))
const run = async (spec: Partial<RunSpec>): Promise<Trace> => simulate(await prepared(spec)).trace

describe("a network on a CPU core", () => {
  it.each([
    ["mobilenet-v1", "snapdragon-835", "fastconvnets"],
    ["mobilenet-v3-small", "rpi3", "xnnpack"],
    ["efficientnet-b0", "rpi4", "ncnn"],
    ["resnet-18", "kirin-970", "mnn"],
    ["mobilenet-v1", "snapdragon-855", "sparsebytenn"],
    ["vit-s/16", "graviton2", "xnnpack"],
  ])("%s on %s with %s is a sound trace under all its roofs", async (workload, machine, library) => {
    const trace = await run({
      workload,
      machine,
      library,
      ...(workload.startsWith("vit") ? {} : { unstructured: ninety }),
    })
    expect(checkTrace(trace)).toEqual([])
    const summary = aggregate(trace)
    const { total, byLayerStage } = roofline(summary)
    expect([total, ...byLayerStage].filter(({ bound }) => bound === "invalid")).toEqual([])
    const unit = bottlenecks(summary).find(({ track }) => track === "simd")
    expect(unit?.shares.reduce((sum, { permille }) => sum + permille, 0)).toBe(1000)
    expect(energyReport(summary)?.total).toBeGreaterThan(0)
  })

  it("gains less than its operations, which the verdict's comparison shows", async () => {
    const asked = await prepared({ unstructured: ninety, library: "fastconvnets" })
    const { speedup, operationRatio } = compare(
      aggregate(simulate(denseTwin(asked)).trace),
      aggregate(simulate(asked).trace),
    )
    expect(speedup).toBeGreaterThan(2)
    expect(speedup).toBeLessThan(operationRatio ?? 0)
  })

  it("says how many layers ran sparse, or why none did", async () => {
    const notes = async (spec: Partial<RunSpec>): Promise<string> =>
      (await run(spec)).manifest.warnings.join("\n")
    expect(await notes({ unstructured: ninety })).toMatch(/13 1×1 convolutions run sparse/)
    expect(await notes({ unstructured: { zeros: 0.5, block: 1 } })).toMatch(/run dense in XNNPACK.*66\.7 %/)
    expect(await notes({ unstructured: ninety, library: "ncnn" })).toMatch(/no sparse kernels/)
    expect(await notes({ machine: "snapdragon-855" })).toMatch(/rates are assumed/)
  })

  it("lists the numbers of its library with those of the machine", async () => {
    const { machine } = (await run({})).manifest
    expect(JSON.stringify(machine)).toContain("library.gemm.tileCycles")
  })

  it.each([
    [{ pattern: { n: 2, m: 4 } }, UnsupportedError, /no N:M/],
    [{ training: "dense" as const }, UnsupportedError, /--train/],
    [{ dtype: "fp16" }, UnsupportedError, /fp32/],
    [{ library: "xnnpak" }, ConfigError, /xnnpak/],
    [{ unstructured: ninety, workload: "gemm:64x64x64" }, ConfigError, /nothing of/],
  ])("refuses what it cannot do, and says why: %j", async (spec, kind, says) => {
    const asked = run(spec)
    await expect(asked).rejects.toThrow(kind)
    await expect(asked).rejects.toThrow(says)
  })

  it("is the only kind of machine that takes a share of zeros", async () => {
    await expect(run({ machine: "a100-pcie-80gb", unstructured: ninety })).rejects.toThrow(UnsupportedError)
    await expect(run({ machine: "sat-vcu1525", unstructured: ninety })).rejects.toThrow(UnsupportedError)
  })
})

describe("a share of zeros on the command line", () => {
  it("is read alone or with blocks of output channels", () => {
    expect(readUnstructured("90%")).toEqual({ zeros: 0.9, block: 1 })
    expect(readUnstructured("87.5%/4x1")).toEqual({ zeros: 0.875, block: 4 })
    expect(readUnstructured("2:8")).toBeUndefined()
  })

  it.each(["0%", "100%", "90%/3x1", "90%x"])("is refused as %s", (text) => {
    expect(() => readUnstructured(text)).toThrow(ConfigError)
  })
})
