import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { WorkloadError } from "../../../arch/errors.ts"
import { convOutHeight, convOutWidth, forwardMacs } from "../../../dataflows/operator.ts"
import { expandDepthwise } from "../../../src/workload/scalesim/depthwise-expansion.ts"
import { ofmapSize, scaleSimGemm } from "../../../src/workload/scalesim/gemm-view.ts"
import { networkFromTopology } from "../../../src/workload/scalesim/topology-network.ts"
import {
  readScaleSimTopology,
  type ScaleSimConvLayer,
  type ScaleSimTopology,
} from "../../../src/workload/scalesim/topology.ts"
import { convTopology, gemmTopology } from "./sample-files.ts"

const topologyOf = (...layers: ScaleSimConvLayer[]): ScaleSimTopology => ({
  file: "net.csv",
  name: "net",
  layers,
  ignoredColumns: [],
})

const convLayer = fc
  .record({
    filterHeight: fc.integer({ min: 1, max: 11 }),
    filterWidth: fc.integer({ min: 1, max: 11 }),
    overHeight: fc.integer({ min: 0, max: 40 }),
    overWidth: fc.integer({ min: 0, max: 40 }),
    channels: fc.integer({ min: 1, max: 16 }),
    filters: fc.integer({ min: 1, max: 16 }),
    strideHeight: fc.integer({ min: 1, max: 7 }),
    strideWidth: fc.integer({ min: 1, max: 7 }),
    depthwise: fc.boolean(),
  })
  .map(({ overHeight, overWidth, ...layer }): ScaleSimConvLayer => ({
    ...layer,
    kind: "conv",
    name: "c",
    line: 2,
    batch: 1,
    ifmapHeight: layer.filterHeight + overHeight,
    ifmapWidth: layer.filterWidth + overWidth,
  }))

describe("scaleSimGemm", () => {
  // SCALE-Sim v3 demand matrices: alexnet Conv1 is 3025×96×363; resnet18 Conv5_1a is 49×512×2304.
  it("is output pixels × filters × window", () => {
    const [conv1] = readScaleSimTopology(convTopology, "alexnet.csv").layers
    expect(scaleSimGemm(conv1)).toEqual({ m: 3025, n: 96, k: 363 })
    const text = `${convTopology.split("\n")[0]}\nConv5_1a,14,14,3,3,256,512,2,`
    expect(scaleSimGemm(readScaleSimTopology(text, "x.csv").layers[0])).toEqual({ m: 49, n: 512, k: 2304 })
  })

  it("counts the last window though it hangs over the edge", () => {
    expect(ofmapSize(14, 3, 2)).toBe(7)
    expect(ofmapSize(15, 3, 2)).toBe(7)
    expect(ofmapSize(3, 3, 5)).toBe(1)
  })
})

describe("networkFromTopology", () => {
  it("has SCALE-Sim's output size and multiply-accumulates in every convolution", () => {
    fc.assert(
      fc.property(convLayer, (layer) => {
        const [{ op }] = networkFromTopology(topologyOf(layer)).layers
        if (op.kind !== "conv2d") throw new Error("not a convolution")
        expect(convOutHeight(op)).toBe(ofmapSize(layer.ifmapHeight, layer.filterHeight, layer.strideHeight))
        expect(convOutWidth(op)).toBe(ofmapSize(layer.ifmapWidth, layer.filterWidth, layer.strideWidth))
        const { m, n, k } = scaleSimGemm(layer)
        expect(forwardMacs(op)).toBe(m * n * k * (layer.depthwise ? layer.channels : 1))
      }),
    )
  })

  it("makes a linear layer of a matrix product and keeps its sparsity", () => {
    const network = networkFromTopology(readScaleSimTopology(gemmTopology, "vit.csv"))
    expect(network.id).toBe("vit")
    expect(network.layers).toEqual([
      {
        id: "L0",
        op: { kind: "linear", rows: 196, inFeatures: 384, outFeatures: 192 },
        sparsity: { n: 2, m: 4 },
      },
      { id: "L1", op: { kind: "linear", rows: 3, inFeatures: 16, outFeatures: 5 }, sparsity: "dense" },
    ])
  })

  it("leaves the sparsity open where the file says nothing", () => {
    const [layer] = networkFromTopology(readScaleSimTopology(convTopology, "x.csv")).layers
    expect(layer).not.toHaveProperty("sparsity")
  })

  it("makes a batch of products of a row with a batch", () => {
    const text = "Layer,M,N,K,Batch\nscores,128,128,64,12"
    expect(networkFromTopology(readScaleSimTopology(text, "x.csv")).layers[0].op).toEqual({
      kind: "matmul",
      count: 12,
      m: 128,
      n: 128,
      k: 64,
    })
  })

  it("gives layers of one name different ids", () => {
    const text = "Layer,M,N,K\na,1,1,1\na,1,1,1\na#2,1,1,1\na,1,1,1"
    const ids = networkFromTopology(readScaleSimTopology(text, "x.csv")).layers.map((layer) => layer.id)
    expect(ids).toEqual(["a", "a#2", "a#2#2", "a#3"])
  })
})

describe("a layer with DP in its name", () => {
  const text = `${convTopology.split("\n")[0]}\nDP_1,10,10,3,3,8,2,1,\nPW,8,8,1,1,16,4,1,`
  const topology = readScaleSimTopology(text, "x.csv")

  it("is one convolution of as many groups as channels", () => {
    expect(networkFromTopology(topology).layers[0].op).toMatchObject({
      inChannels: 8,
      outChannels: 16,
      groups: 8,
    })
  })

  it("expands to SCALE-Sim's one-channel layers, which do the same work", () => {
    const expanded = expandDepthwise(topology)
    expect(expanded.layers.map((layer) => layer.name)).toEqual([
      ...[0, 1, 2, 3, 4, 5, 6, 7].map((channel) => `DP_1Channel_${channel}`),
      "PW",
    ])
    expect(scaleSimGemm(expanded.layers[0])).toEqual({ m: 64, n: 2, k: 9 })
    const macs = (from: ScaleSimTopology) =>
      networkFromTopology(from).layers.reduce((sum, layer) => sum + forwardMacs(layer.op), 0)
    expect(macs(expanded)).toBe(macs(topology))
    expect(expandDepthwise(expanded)).toEqual(expanded)
  })

  it("refuses to expand to more layers than anyone would run", () => {
    const huge = readScaleSimTopology(text.replace("3,3,8,2", "3,3,90000000,2"), "x.csv")
    expect(() => expandDepthwise(huge)).toThrow(WorkloadError)
  })
})
