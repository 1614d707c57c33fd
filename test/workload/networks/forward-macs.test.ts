import { describe, expect, it } from "vitest"
import { forwardMacs } from "../../../dataflows/operator.ts"
import { buildNetwork } from "../../../src/workload/networks/build-network.ts"

const macs = (spec: string): number =>
  buildNetwork(spec).layers.reduce((total, layer) => total + forwardMacs(layer.op), 0)

describe("forward multiply-accumulates of one image equal the published ones", () => {
  // validation/sat.json, fwd_GMAC of the op-count cases: arithmetic on the layer tables.
  it.each([
    ["resnet18_cifar10_32x32", 0.5554],
    ["resnet18_imagenet_224", 1.8141],
    ["resnet50_imagenet_224", 4.0892],
    ["vgg19_cifar_32x32", 0.3981],
    ["vit_b16_224", 17.5638],
  ])("%s: %d G, at every digit given", (spec, gmacs) => {
    expect(Number((macs(spec) / 1e9).toFixed(4))).toBe(gmacs)
  })

  // Millions. MobileNet v1: Howard et al. 2017, tables 6 and 7. MobileNet v2: TF-slim, checkpoint table; paper for 1.0.
  it.each([
    ["mobilenet-v1", 569],
    ["mobilenet-v1@0.75", 325],
    ["mobilenet-v1@0.5", 149],
    ["mobilenet-v1@0.25", 41],
    ["mobilenet-v1-192", 418],
    ["mobilenet-v1-128", 186],
    ["mobilenet-v2@1.4", 582],
    ["mobilenet-v2@1.3", 509],
    ["mobilenet-v2@0.75", 209],
    ["mobilenet-v2@0.5", 97],
    ["mobilenet-v2@0.35", 59],
    ["mobilenet-v2-160", 154],
  ])("%s: %d M, to the nearest million", (spec, millions) => {
    expect(Math.round(macs(spec) / 1e6)).toBe(millions)
  })

  // torchvision's model table (its "GFLOPS" are multiply-accumulates), to the digits given there or in the paper.
  it.each([
    ["alexnet", 0.714, 3],
    ["vgg-16", 15.47, 2],
    ["vgg-19", 19.63, 2],
    ["resnet-34", 3.66, 2],
    ["mobilenet-v2", 0.3, 2],
    ["mobilenet-v3-small", 0.06, 2],
    ["mobilenet-v3-large", 0.22, 2],
    ["efficientnet-b0", 0.39, 2],
    ["efficientnet-b1", 0.69, 2],
  ])("%s: %d G", (spec, gmacs, digits) => {
    expect(Number((macs(spec) / 1e9).toFixed(digits))).toBe(gmacs)
  })

  it("BERT-base: 85 M encoder weights and two 128×128×768 products a block for each of 128 tokens", () => {
    const encoderWeights = 12 * (4 * 768 * 768 + 2 * 768 * 3072)
    const attention = 12 * 2 * 128 * 128 * 768
    const pooler = 768 * 768
    expect(macs("bert-base")).toBe(128 * encoderWeights + attention + pooler)
  })

  it("LLaMA-7B decode: every weight but the embedding once, and twice the cache's features a block", () => {
    const weights = 32 * (4 * 4096 * 4096 + 3 * 4096 * 11_008) + 4096 * 32_000
    expect(macs("llama-7b-decode-kv777")).toBe(weights + 32 * 2 * 777 * 4096)
  })
})
