import { describe, expect, it } from "vitest"
import { weightElements } from "../../../dataflows/operator.ts"
import { buildNetwork, describeNetworks } from "../../../src/workload/networks/build-network.ts"

const described = (id: string) => describeNetworks().find((network) => network.id === id)

describe("trainable parameters equal the published count, biases and normalisation included", () => {
  // torchvision's model table (num_params); timm for ViT-S; Hugging Face for BERT-base and LLaMA-7B.
  it.each([
    ["alexnet", 61_100_840],
    ["vgg-16", 138_357_544],
    ["vgg-19", 143_667_240],
    ["resnet-18", 11_689_512],
    ["resnet-34", 21_797_672],
    ["resnet-50", 25_557_032],
    ["mobilenet-v2", 3_504_872],
    ["mobilenet-v3-small", 2_542_856],
    ["mobilenet-v3-large", 5_483_032],
    ["efficientnet-b0", 5_288_548],
    ["efficientnet-b1", 7_794_184],
    ["vit-s16", 22_050_664],
    ["vit-b16", 86_567_656],
    ["bert-base", 109_482_240],
    ["llama-7b", 6_738_415_616],
  ])("%s: %d", (id, parameters) => {
    expect(described(id)?.parameters).toBe(parameters)
  })

  it("without biases, ResNet-50 has 25,556,032: only its classifier has any", () => {
    const network = buildNetwork("resnet-50")
    expect(network.layers.reduce((sum, layer) => sum + weightElements(layer.op), 0)).toBe(25_556_032)
  })
})

describe("describeNetworks", () => {
  it("gives the size of the default input, in 10^9 multiply-accumulates", () => {
    expect(described("resnet-50")?.forwardGmacs).toBeCloseTo(4.089184256, 12)
    expect(described("resnet-50")?.defaultInput).toBe("ImageNet 224×224")
    expect(described("efficientnet-b1")?.defaultInput).toBe("ImageNet 240×240")
    expect(described("resnet-9")?.defaultInput).toBe("CIFAR-10 32×32")
    expect(described("llama-7b")?.defaultInput).toBe("prefill of 2048 tokens")
  })
})
