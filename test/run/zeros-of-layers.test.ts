/** Zeros that differ from layer to layer on a CPU core: from a sparsity file, or those that a model's own weights have. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterAll, describe, expect, it } from "vitest"
import { cpuLibrary } from "../../arch/cpu-library.ts"
import { loadCpuMachine } from "../../arch/machine-catalogue.ts"
import type { Conv2d } from "../../dataflows/operator.ts"
import type { Layer, Network } from "../../dataflows/network.ts"
import { aggregate, sumOf, tallyBy } from "../../reports/aggregate.ts"
import { coreOperators } from "../../reports/core-operators.ts"
import { coreRates } from "../../sim/cpu/network/core-rates.ts"
import { operatorCost } from "../../sim/cpu/network/operator-cost.ts"
import { replayOnCpu } from "../../sim/cpu/network/replay.ts"
import type { CpuReplay } from "../../sim/cpu/network/replay.ts"
import { type WeightSparsity, zerosIn } from "../../sim/cpu/network/weight-sparsity.ts"
import type { Trace } from "../../sim/trace/trace.ts"
import { cpuRun } from "../../src/run/cpu-run.ts"
import { prepareRun, runOf } from "../../src/run/prepare-run.ts"
import { readSparsityFile, type RunSpec } from "../../src/run/run-spec.ts"
import { specOf } from "./spec-of.ts"

const pointwise: Conv2d = {
  kind: "conv2d",
  batch: 1,
  inChannels: 64,
  outChannels: 64,
  inHeight: 14,
  inWidth: 14,
  kernelHeight: 1,
  kernelWidth: 1,
  strideHeight: 1,
  strideWidth: 1,
  padTop: 0,
  padLeft: 0,
  padBottom: 0,
  padRight: 0,
  dilationHeight: 1,
  dilationWidth: 1,
  groups: 1,
}

const folder = mkdtempSync(join(tmpdir(), "sparsim-zeros-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const fileOf = (text: string): Partial<RunSpec> => {
  const file = join(folder, "zeros.yaml")
  writeFileSync(file, `schema: sparsim-sparsity/1\n${text}`)
  return readSparsityFile(file)
}
const run = async (spec: Partial<RunSpec>): Promise<Trace> =>
  runOf(await prepareRun(specOf({ workload: "mobilenet-v1", machine: "snapdragon-835", ...spec }))).simulate()
    .trace

const keptOf = (trace: Trace, layer: string): number => {
  const summary = aggregate(trace)
  const tally = tallyBy(summary, ["layer"]).find((one) => one.layer === layer)
  if (tally === undefined) throw new Error(`no layer ${layer}`)
  return sumOf(summary, tally, ["ops.non-zero"]) / sumOf(summary, tally, ["ops.dense-equivalent"])
}

describe("a sparsity file of shares of zeros", () => {
  const spec = fileOf(
    "default: 90%\nlayers:\n  block1.pointwise: dense\n  block1?.pointwise: 95%\n  block13.pointwise: 80%/4x1\n",
  )

  it("gives every layer its own, by name before glob before default", async () => {
    const trace = await run(spec)
    expect(keptOf(trace, "block1.pointwise")).toBe(1)
    expect(keptOf(trace, "block2.pointwise")).toBeCloseTo(0.1, 3)
    expect(keptOf(trace, "block12.pointwise")).toBeCloseTo(0.05, 3)
    expect(keptOf(trace, "block13.pointwise")).toBeCloseTo(0.2, 3)
    const kernels = new Map(coreOperators(trace, aggregate(trace))?.operators.map((o) => [o.layer, o.kernel]))
    expect(kernels.get("block13.pointwise")).toBe("sparse 32×4")
    expect(kernels.get("block1.pointwise")).toMatch(/^GEMM/)
  })

  it("says the same as a share for all where it says one share", async () => {
    const one = await run({ unstructured: { zeros: 0.9, block: 1 } })
    const same = await run(fileOf("default: 90%\n"))
    expect(same.manifest.totals.cycles).toBe(one.manifest.totals.cycles)
  })

  it("is planned anew with the zeros of each layer", async () => {
    const { manifest } = await run(spec)
    const numbers = new Map(manifest.machine.numbers.map(({ path, value }) => [path, value]))
    const replay = JSON.parse(JSON.stringify(manifest.replay)) as CpuReplay
    expect(replayOnCpu(replay, numbers, replay.zeros).cycles).toBe(manifest.totals.cycles)
  })

  it.each([
    ["layers:\n  nowhere: 90%\n", /no layer "nowhere"/],
    ["layers:\n  conv0: 90%\n", /sparse kernels of XNNPACK.* take/],
    ["default: 100%\n", /share of zeros above 0 %/],
    ["default: 90%\nlayers:\n  conv0: 2:4\n", /share of zeros above 0 %/],
  ])("is refused with its place: %j", async (text, message) => {
    await expect(async () => run(fileOf(text))).rejects.toThrow(message)
  })
})

describe("groups of weights that are left out together", () => {
  const library = cpuLibrary("sparsebytenn")
  const rates = coreRates(loadCpuMachine("snapdragon-855", []), library)
  const conv = (size: number): Layer => ({
    id: "conv",
    op: { ...pointwise, kernelHeight: size, kernelWidth: size, inHeight: 16, inWidth: 16, outChannels: 60 },
  })
  const costOf = (size: number, zeros: number, outputs: number) => {
    const shape = { outputs, inputs: 1 }
    const groups = { keptSlowdown: 1, pointwise: shape, spatial: shape }
    const cost = operatorCost(
      conv(size),
      { zeros, block: 1 },
      { ...rates, library: { ...rates.library, groups } },
    )
    if (cost === undefined) throw new Error("no cost")
    return cost
  }

  it("are padded to whole groups at the edge, and take an index each", () => {
    // 60 output channels are 8 groups of 8; half of 8 × 64 groups stay, which hold 256 × 8 of 60 × 64 weights.
    const { operations, weightBytes } = costOf(1, 0.5, 8)
    expect((operations?.nonZero ?? 0) / (operations?.denseEquivalent ?? 1)).toBeCloseTo(
      (256 * 8) / (60 * 64),
      12,
    )
    expect(weightBytes).toBeCloseTo(4 * (256 * 8 + 256), 6)
  })

  it("leave out zeros of larger windows too, and cost fewer indices the larger they are", () => {
    const [small, large] = [costOf(3, 0.3, 2), costOf(3, 0.3, 12)]
    expect(small.kernel).toMatch(/^group-sparse indirect GEMM/)
    expect(large.weightBytes).toBeLessThan(small.weightBytes)
    const spec = { ...fileOf("layers:\n  layer1: 30%\n"), library: "sparsebytenn" }
    return expect(run({ ...spec, workload: "resnet9" })).resolves.toBeDefined()
  })
})

describe("zeros that weights have", () => {
  const layer = (values: Float32Array): Layer => ({
    id: "pointwise",
    op: pointwise,
    weights: { shape: [64, 64, 1, 1], load: () => values },
  })
  const networkOf = (values: Float32Array): Network => ({
    id: "one",
    name: "One layer",
    batch: 1,
    source: "made for a test",
    layers: [layer(values)],
  })
  const simulated = (values: Float32Array): Trace =>
    cpuRun({
      spec: specOf({ workload: "one", machine: "snapdragon-835", ownZeros: true }),
      network: networkOf(values),
      machine: loadCpuMachine("snapdragon-835", []),
      warnings: [],
    }).simulate().trace

  it("are counted weight by weight where they share no positions, and the kernel skips exactly those", () => {
    const values = Float32Array.from({ length: 64 * 64 }, (_, i) => ((i * 2654435761) % 4096 < 400 ? 1 : 0))
    const kept = values.reduce((sum, value) => sum + (value === 0 ? 0 : 1), 0)
    const trace = simulated(values)
    expect(keptOf(trace, "pointwise")).toBeCloseTo(kept / values.length, 6)
    expect(zerosIn(values, 64, 64).block).toBe(1)
  })

  it("are taken in blocks of four or two output channels where those are nine tenths full", () => {
    const inBlocks = (block: number): Float32Array =>
      Float32Array.from({ length: 64 * 64 }, (_, i) => {
        const [row, column] = [Math.floor(i / 64 / block), i % 64]
        return (row * 31 + column * 17) % 10 === 0 ? 1 : 0
      })
    expect(zerosIn(inBlocks(4), 64, 64)).toMatchObject({ block: 4 })
    expect(zerosIn(inBlocks(2), 64, 64)).toMatchObject({ block: 2 })
  })

  it("take more time where they lie evenly over the columns than where few columns have most of them", () => {
    const rows = 512
    const spread = (row: number, column: number): number => (row * 2_654_435 + column * 40_503) % 1_000
    const matrix = (chance: (column: number) => number): Float32Array =>
      Float32Array.from({ length: rows * rows }, (_, i) => {
        const [row, column] = [Math.floor(i / rows), i % rows]
        return spread(row, column) < 1_000 * chance(column) ? 1 : 0
      })
    const even = zerosIn(
      matrix(() => 0.2),
      rows,
      rows,
    )
    const skewed = zerosIn(
      matrix((column) => (column % 5 === 0 ? 0.8 : 0.05)),
      rows,
      rows,
    )
    expect(even.zeros).toBeCloseTo(skewed.zeros, 1)
    const rates = coreRates(loadCpuMachine("rpi4", []), cpuLibrary("fastconvnets"))
    const big: Layer = {
      id: "conv",
      op: { ...pointwise, inChannels: rows, outChannels: rows, inHeight: 14, inWidth: 14 },
    }
    const cacheShare = (sparsity: WeightSparsity): number => {
      const cost = operatorCost(big, sparsity, rates)
      return (cost?.account["stall.cache"] ?? 0) / (cost?.operations?.nonZero ?? 1)
    }
    expect(cacheShare(skewed)).toBeLessThan(cacheShare(even) / 1.3)
    // A share of zeros alone stands for even columns.
    const { columns, ...share } = even
    expect(columns).toHaveLength(8)
    expect(cacheShare(share) / cacheShare(even)).toBeCloseTo(1, 1)
  })

  it("are planned anew from the trace, columns included", () => {
    const values = Float32Array.from({ length: 64 * 64 }, (_, i) => ((i * 2654435761) % 4096 < 400 ? 1 : 0))
    const { manifest } = simulated(values)
    const numbers = new Map(manifest.machine.numbers.map(({ path, value }) => [path, value]))
    const replay = JSON.parse(JSON.stringify(manifest.replay)) as CpuReplay
    expect(replay.layers[0].columns).toHaveLength(8)
    expect(replayOnCpu(replay, numbers, 0.5).cycles).toBe(manifest.totals.cycles)
  })

  it("never say that fewer weights are multiplied than are not zero", () => {
    const matrix = fc.array(fc.constantFrom(0, 0, 0, 1), { minLength: 12 * 8, maxLength: 12 * 8 })
    fc.assert(
      fc.property(matrix, (cells) => {
        const values = Float32Array.from(cells)
        const kept = cells.filter((value) => value !== 0).length
        const { zeros } = zerosIn(values, 12, 8)
        expect((1 - zeros) * values.length).toBeGreaterThanOrEqual(kept - 1e-9)
      }),
    )
  })

  it("are refused where there are none", () => {
    expect(() => simulated(new Float32Array(64 * 64).fill(1))).toThrow(/has a weight that is zero/)
  })

  it("need a model that holds its weights", async () => {
    await expect(run({ ownZeros: true })).rejects.toThrow(/weights of its own/)
  })
})
