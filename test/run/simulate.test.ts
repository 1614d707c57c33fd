/** A run and its dense twin, what it is called, and the command that repeats it. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { ConfigError } from "../../arch/errors.ts"
import { gemmLayers } from "../../dataflows/network.ts"
import { prepareRun } from "../../src/run/prepare-run.ts"
import type { RunSpec } from "../../src/run/run-spec.ts"
import { normalisedCommand } from "../../src/run/normalised-command.ts"
import { denseTwin, describeSettings, isSparseRun, type RunInput } from "../../src/run/run-input.ts"
import { simulate } from "../../src/run/simulate.ts"
import { emptyFolder, sparsim } from "../cli/run-cli.ts"
import { specOf } from "./spec-of.ts"

const nm = { n: 2, m: 8 } as const
const prepared = (spec: Partial<RunSpec> = {}): Promise<RunInput> =>
  prepareRun(specOf({ workload: "resnet9", ...spec }))

describe("the dense twin", () => {
  it("is the same network and machine with nothing pruned", async () => {
    const run = await prepared({ pattern: nm })
    const twin = denseTwin(run)
    expect(isSparseRun(run)).toBe(true)
    expect(isSparseRun(twin)).toBe(false)
    expect(twin.machine).toEqual(run.machine)
    expect(twin.network.layers.map(({ id, op }) => ({ id, op }))).toEqual(
      run.network.layers.map(({ id, op }) => ({ id, op })),
    )
  })

  it("of a training step is a training step", async () => {
    const twin = denseTwin(await prepared({ pattern: nm, training: "bdwp" }))
    expect(twin.spec).toMatchObject({ training: "dense" })
    expect(describeSettings(simulate(twin).trace.manifest.settings)).toBe("dense training")
  })

  it("of inference is inference", async () => {
    const twin = denseTwin(await prepared({ pattern: nm }))
    expect(twin.spec.training).toBeUndefined()
    expect(describeSettings(simulate(twin).trace.manifest.settings)).toBe("dense inference")
  })

  it("forgets patterns that layers have of their own", async () => {
    const run = await prepared()
    const layers = run.network.layers.map((layer) => ({ ...layer, sparsity: { n: 1, m: 4 } }))
    const own = { ...run, network: { ...run.network, layers } }
    expect(isSparseRun(own)).toBe(true)
    expect(simulate(denseTwin(own)).cycles).toBe(simulate(run).cycles)
    expect(simulate(own).cycles).toBeLessThan(simulate(run).cycles)
  })

  it("of a dense run takes as long as the run", async () => {
    const run = await prepared({ training: "dense" })
    expect(isSparseRun(run)).toBe(false)
    expect(simulate(denseTwin(run)).cycles).toBe(simulate(run).cycles)
  })

  it("of itself is itself", async () => {
    const twin = denseTwin(await prepared({ pattern: nm, training: "bdwp" }))
    expect(denseTwin(twin)).toEqual(twin)
  })
})

describe("the settings of a run, in words", () => {
  it.each<readonly [Partial<RunSpec>, string]>([
    [{}, "dense inference"],
    [{ pattern: nm }, "2:8 inference"],
    [{ training: "dense" }, "dense training"],
    [{ training: "dense", pattern: nm }, "dense training"],
    [{ training: "bdwp", pattern: nm }, "BDWP 2:8 training"],
    [{ training: "sr-ste", pattern: { n: 2, m: 4 } }, "SR-STE 2:4 training"],
    [{ training: "sdgp", pattern: nm }, "SDGP 2:8 training"],
  ])("of %j are %s", async (spec, words) => {
    expect(describeSettings(simulate(await prepared(spec)).trace.manifest.settings)).toBe(words)
  })

  it("say what was switched off, and when masks are made", async () => {
    const { settings } = simulate(
      await prepared({ training: "bdwp", pattern: nm, ablate: ["pregeneration"] }),
    ).trace.manifest
    expect(settings).toMatchObject({ masks: "inline", without: "pregeneration" })
    const usual = simulate(await prepared({ training: "bdwp", pattern: nm })).trace.manifest.settings
    expect(usual["masks"]).toBe("pregenerated")
    expect(usual["without"]).toBeUndefined()
  })
})

describe("what the machine cannot do", () => {
  it.each<readonly [string, Partial<RunSpec>, RegExp]>([
    ["a group larger than the selector's", { pattern: { n: 2, m: 64 } }, /groups of at most 16/],
    ["a method that prunes, without a pattern", { training: "bdwp" }, /needs a pattern/],
    ["another number format", { dtype: "int8" }, /computes in fp16/],
    ["a dataflow that it has not", { dataflow: "is" }, /cannot switch/],
  ])("is refused: %s", async (_, spec, message) => {
    const run = await prepared(spec)
    expect(() => simulate(run)).toThrow(ConfigError)
    expect(() => simulate(run)).toThrow(message)
  })

  it("is refused: a network without a product", async () => {
    const run = await prepared()
    const layers = run.network.layers.filter(({ op }) => op.kind === "vector")
    expect(gemmLayers({ ...run.network, layers })).toEqual([])
    expect(() => simulate({ ...run, network: { ...run.network, layers } })).toThrow(
      /no convolution or matrix product/,
    )
  })

  it("does not concern a dense pattern: any N:N is fine", async () => {
    expect(simulate(await prepared({ pattern: { n: 64, m: 64 } })).cycles).toBe(
      simulate(await prepared()).cycles,
    )
  })
})

describe("the command of a run", () => {
  it("names files without their folders", () => {
    const command = normalisedCommand(
      specOf({
        workload: "models/deep/net.onnx",
        machine: "../boards/mine.yaml",
        energyTable: "horowitz-45nm@16nm",
      }),
    )
    expect(command).toBe("sparsim run net.onnx --on mine.yaml --energy horowitz-45nm@16nm")
    expect(normalisedCommand(specOf({ workload: "C:\\models\\net.onnx" }))).toMatch(/^sparsim run net\.onnx /)
  })

  it("keeps a network's name whole, slash or not", () => {
    expect(normalisedCommand(specOf({ workload: "vit-b/16" }))).toMatch(/^sparsim run vit-b\/16 /)
  })

  it("quotes what a shell would take apart", () => {
    expect(normalisedCommand(specOf({ workload: "my net's.onnx" }))).toMatch(
      /^sparsim run 'my net'\\''s\.onnx' /,
    )
  })

  it("says what differs from the defaults, and nothing that does not", () => {
    expect(normalisedCommand(specOf({ workload: "resnet9" }))).toBe("sparsim run resnet9 --on sat-vcu1525")
  })

  const topology = "Layer, M, N, K, Sparsity,\nfirst, 64, 64, 64, 1:1,\nsecond, 64, 64, 64, 2:4,\n"
  const config = `[architecture_presets]
ArrayHeight : 8
ArrayWidth : 16
IfmapSramSzkB : 64
FilterSramSzkB : 64
OfmapSramSzkB : 64
Dataflow : ws
[sparsity]
SparsitySupport : true
SparseRep : csr
`

  it.each([
    ["resnet9"],
    ["resnet9 --train bdwp --sparsity 2:8 --batch 4"],
    ["resnet9 --sparsity 1:4 --set dram.bandwidth=10GB/s --set array.rows=16 --set clock=1e+8"],
    ["resnet9 --dataflow ws --detail tile --seed 7 --energy horowitz-45nm@16nm"],
    ["resnet9 --train bdwp --sparsity 2:8 --ablate pregeneration --ablate interleave"],
    ["bert-base --seq 16 --sparsity 2:4 --on systolic-24x48"],
    ["conv:14x14x8,k3,s1,p1,f16 --batch 2"],
    ["deep/net.csv --cfg deep/array.cfg"],
    ["deep/net.csv --cfg deep/array.cfg --compat none"],
    ["deep/net.csv --on systolic-8x8 --sparsity 2:4"],
  ])("repeats it to the last cycle and picojoule: %s", (text) => {
    const folder = emptyFolder()
    mkdirSync(join(folder, "deep"))
    writeFileSync(join(folder, "deep", "net.csv"), topology)
    writeFileSync(join(folder, "deep", "array.cfg"), config)
    const flags = ["--no-band", "--json"]
    const one = sparsim(["run", ...text.split(" "), ...flags], folder)
    expect(one.code).toBe(0)
    const { command } = JSON.parse(one.out) as { readonly command: string }
    expect(command).not.toContain("deep/")
    const [name, ...words] = command.split(" ")
    expect(name).toBe("sparsim")
    const again = sparsim([...words, ...flags], text.startsWith("deep/") ? join(folder, "deep") : folder)
    expect(again).toEqual(one)
  })
})
