/** SCALE-Sim's own files and the layer sizes it derives from them; they stand beside the repository, not in it. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { readScaleSimConfig } from "../../../src/workload/scalesim/config.ts"
import { scaleSimGemm } from "../../../src/workload/scalesim/gemm-view.ts"
import { networkFromTopology } from "../../../src/workload/scalesim/topology-network.ts"
import { readScaleSimTopology } from "../../../src/workload/scalesim/topology.ts"

const shared = new URL("../../../../shared/", import.meta.url)
const topologies = new URL("topologies/scalesim/", shared)
const casesFile = new URL("validation/systolic-scalesim.json", shared)
const absent = !existsSync(topologies) || !existsSync(casesFile)
if (absent)
  process.emitWarning("SCALE-Sim's reference files are not beside the repository: their tests are skipped")

const textOf = (url: URL): string => readFileSync(url, "utf8")
const topology = (name: string) =>
  readScaleSimTopology(textOf(new URL(`${name}.csv`, topologies)), `${name}.csv`)

interface Case {
  readonly id: string
  readonly workload: { readonly layer: string; readonly m: number; readonly n: number; readonly k: number }
}
const cases = (): readonly Case[] => {
  const file: { readonly cases: readonly Case[] } = JSON.parse(textOf(casesFile))
  return file.cases
}

describe.skipIf(absent)("SCALE-Sim's files (skipped when ../shared is absent)", () => {
  it.each([
    ["alexnet", 5],
    ["alexnet_sparse_2_4", 5],
    ["resnet18", 21],
    ["resnet18_sparse_2_4", 21],
    ["resnet50_as_shipped_does_not_parse", 54],
    ["sparse_conv_shipped", 1],
    ["sparse_gemm_shipped", 2],
    ["vit_s", 5],
    ["vit_s_sparse_1_4", 5],
    ["vit_s_sparse_2_4", 5],
  ])("%s has %d layers", (name, layers) => {
    expect(networkFromTopology(topology(name)).layers).toHaveLength(layers)
  })

  it("the ResNet-50 that SCALE-Sim cannot read has ResNet-50's 53 convolutions and its classifier", () => {
    const { layers } = topology("resnet50_as_shipped_does_not_parse")
    expect(layers.map(scaleSimGemm).filter(({ k }) => k === 9 * 512)).toHaveLength(3)
    expect(layers.at(-1)).toMatchObject({ name: "FC6", channels: 2048, filters: 1000 })
  })

  it("every layer has the M, N and K of SCALE-Sim's run", () => {
    const checked = ["alexnet", "resnet18", "vit_s"].map((name) => {
      const gemms = new Map(topology(name).layers.map((layer) => [layer.name, scaleSimGemm(layer)]))
      const ofNetwork = cases().filter(({ id }) => id.startsWith(`scalesim/${name}/`))
      for (const { workload } of ofNetwork) {
        expect(gemms.get(workload.layer)).toEqual({ m: workload.m, n: workload.n, k: workload.k })
      }
      return ofNetwork.length
    })
    expect(Math.min(...checked)).toBeGreaterThan(0)
  })

  it("every configuration is read without a warning and says what its name says", () => {
    const folder = new URL("cfg/", topologies)
    const files = readdirSync(folder)
    expect(files.length).toBeGreaterThan(10)
    for (const file of files) {
      const config = readScaleSimConfig(textOf(new URL(file, folder)), file)
      const [, size, dataflow, mode] = /^a(\d+)_(os|ws|is)_(calc|user)/.exec(file) ?? []
      expect(config.array).toEqual({ height: Number(size), width: Number(size) })
      expect([config.dataflow, config.interfaceBandwidth]).toEqual([dataflow, mode])
      expect(config.sparsity.enabled).toBe(file.includes("sparse"))
      expect(config.warnings).toEqual([])
    }
  })
})
