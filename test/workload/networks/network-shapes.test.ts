import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Network } from "../../../dataflows/network.ts"
import {
  type Conv2d,
  convOutHeight,
  convOutWidth,
  forwardMacs,
  type Operator,
  weightElements,
} from "../../../dataflows/operator.ts"
import { buildNetwork } from "../../../src/workload/networks/build-network.ts"
import { networkNames } from "../../../src/workload/networks/registry.ts"

const op = (network: Network, id: string): Operator | undefined =>
  network.layers.find((layer) => layer.id === id)?.op

const vectorElements = (network: Network): number =>
  network.layers.reduce(
    (sum, layer) => sum + (layer.op.kind === "vector" ? layer.op.inputElements + layer.op.outputElements : 0),
    0,
  )

const total = (network: Network, count: (operator: Operator) => number): number =>
  network.layers.reduce((sum, layer) => sum + count(layer.op), 0)

describe("every built-in network", () => {
  it.each(networkNames())("%s has unique layer ids and whole, positive sizes", (name) => {
    const { layers } = buildNetwork(name)
    expect(new Set(layers.map((layer) => layer.id)).size).toBe(layers.length)
    for (const { id, op } of layers) {
      for (const [key, value] of Object.entries(op)) {
        if (typeof value !== "number") continue
        const smallest = key.startsWith("pad") || key === "parameters" ? 0 : 1
        expect(Number.isSafeInteger(value) && value >= smallest, `${id} ${key} ${value}`).toBe(true)
      }
    }
  })

  it("does batch times the work on batch images with the same weights", () => {
    fc.assert(
      fc.property(fc.constantFrom(...networkNames()), fc.integer({ min: 2, max: 64 }), (name, batch) => {
        const one = buildNetwork(name)
        const many = buildNetwork(name, { batch })
        expect(total(many, forwardMacs)).toBe(batch * total(one, forwardMacs))
        expect(total(many, weightElements)).toBe(total(one, weightElements))
        expect(vectorElements(many)).toBe(batch * vectorElements(one))
      }),
      { numRuns: 40 },
    )
  })
})

describe("convolutions fit together", () => {
  const mainPath = (network: Network): Conv2d[] =>
    network.layers.flatMap((layer) =>
      layer.op.kind === "conv2d" && !/downsample|\.se\./.test(layer.id) ? [layer.op] : [],
    )

  it.each(networkNames().filter((name) => /net|vgg/.test(name)))(
    "in %s each takes the channels and at most the pixels the one before leaves",
    (name) => {
      const convs = mainPath(buildNetwork(name))
      for (const [index, conv] of convs.slice(1).entries()) {
        const before = convs[index]
        expect(conv.inChannels).toBe(before.outChannels)
        expect(conv.inHeight).toBeLessThanOrEqual(convOutHeight(before))
        expect(conv.inWidth).toBeLessThanOrEqual(convOutWidth(before))
      }
    },
  )
})

describe("ResNet", () => {
  it("v1.5: a bottleneck strides in its 3×3 convolution", () => {
    const network = buildNetwork("resnet-50")
    expect(op(network, "layer2.0.conv1")).toMatchObject({ kernelHeight: 1, strideHeight: 1, inHeight: 56 })
    expect(op(network, "layer2.0.conv2")).toMatchObject({ kernelHeight: 3, strideHeight: 2, inHeight: 56 })
  })

  it("the CIFAR stem is a 3×3 convolution at full resolution and no pooling", () => {
    const network = buildNetwork("resnet-18-cifar")
    expect(op(network, "conv1")).toMatchObject({ kernelHeight: 3, strideHeight: 1, outChannels: 64 })
    expect(op(network, "maxpool")).toBeUndefined()
    expect(op(network, "layer1.0.conv1")).toMatchObject({ inHeight: 32 })
    expect(op(network, "fc")).toMatchObject({ inFeatures: 512, outFeatures: 10 })
  })

  it("a residual addition reads two tensors and writes one, a normalisation has a scale and a shift a channel", () => {
    const network = buildNetwork("resnet-18", { batch: 3 })
    const elements = 3 * 64 * 56 * 56
    expect(op(network, "layer1.0.add")).toMatchObject({
      function: "add",
      inputElements: 2 * elements,
      outputElements: elements,
      parameters: 0,
    })
    expect(op(network, "layer1.0.conv1.norm")).toMatchObject({
      function: "batchnorm",
      inputElements: elements,
      outputElements: elements,
      parameters: 128,
    })
    expect(op(network, "maxpool")).toMatchObject({
      inputElements: 3 * 64 * 112 * 112,
      outputElements: elements,
    })
  })
})

describe("VGG-19", () => {
  it("has one 512→10 classifier for CIFAR and three for ImageNet", () => {
    const linears = (spec: string) =>
      buildNetwork(spec).layers.flatMap(({ op }) =>
        op.kind === "linear" ? [[op.inFeatures, op.outFeatures]] : [],
      )
    expect(linears("vgg-19-cifar")).toEqual([[512, 10]])
    expect(linears("vgg-19")).toEqual([
      [25_088, 4096],
      [4096, 4096],
      [4096, 1000],
    ])
  })
})

describe("MobileNet", () => {
  it("depthwise convolutions have one group a channel", () => {
    const network = buildNetwork("mobilenet-v1@0.75")
    expect(op(network, "block1.depthwise")).toMatchObject({ inChannels: 24, outChannels: 24, groups: 24 })
    expect(op(network, "block1.pointwise")).toMatchObject({ inChannels: 24, outChannels: 48, groups: 1 })
  })

  it("v2 keeps 1280 last features when narrower, and widens them when wider", () => {
    expect(op(buildNetwork("mobilenet-v2@0.35"), "conv_last")).toMatchObject({ outChannels: 1280 })
    expect(op(buildNetwork("mobilenet-v2@1.4"), "conv_last")).toMatchObject({ outChannels: 1792 })
  })

  it("v3 squeezes to a quarter of the expanded channels, in multiples of 8", () => {
    expect(op(buildNetwork("mobilenet-v3-large"), "block4.se.squeeze")).toMatchObject({
      inChannels: 72,
      outChannels: 24,
      inHeight: 1,
    })
  })
})

describe("transformers", () => {
  it("ViT-B/16 attends over 196 patches and the class token in 12 heads", () => {
    const network = buildNetwork("vit-b16", { batch: 2 })
    expect(op(network, "block0.attention.scores")).toEqual({
      kind: "matmul",
      count: 24,
      m: 197,
      n: 197,
      k: 64,
    })
    expect(op(network, "block0.attention.context")).toMatchObject({ m: 197, n: 64, k: 197 })
    expect(op(network, "block0.attention.softmax")).toMatchObject({ inputElements: 24 * 197 * 197 })
  })

  it("LLaMA decode sends one token through the layers and attends to the whole cache", () => {
    const network = buildNetwork("llama-7b-block", { phase: "decode", kv: 900, batch: 4 })
    expect(op(network, "block0.attention.query")).toMatchObject({ rows: 4, inFeatures: 4096 })
    expect(op(network, "block0.attention.scores")).toMatchObject({ count: 128, m: 1, n: 900, k: 128 })
    expect(op(network, "block0.feedforward.mul")).toMatchObject({
      inputElements: 4 * 2 * 11_008,
      outputElements: 4 * 11_008,
    })
  })

  it("LLaMA prefill costs the same products as one decode a token with all tokens in the cache", () => {
    const prefill = total(buildNetwork("llama-7b", { seq: 100, blocks: 2 }), forwardMacs)
    const decode = total(buildNetwork("llama-7b", { phase: "decode", kv: 100, blocks: 2 }), forwardMacs)
    expect(prefill).toBe(100 * decode)
  })
})
