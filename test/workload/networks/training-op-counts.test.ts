import { describe, expect, it } from "vitest"
import type { Network } from "../../../dataflows/network.ts"
import { gemmLayers } from "../../../dataflows/network.ts"
import { forwardMacs } from "../../../dataflows/operator.ts"
import { buildNetwork } from "../../../src/workload/networks/build-network.ts"

/**
 * Share of a dense training step's operations that BDWP saves, percent. Forward, backward and update cost a layer the
 * same; the first layer has no backward pass. Forward and backward keep N/M except in the first layer and in the
 * products of activations. Source: validation/sat.json, `about`.
 */
const bdwpReduction = (network: Network, n: number, m: number): number => {
  const layers = gemmLayers(network)
  const total = layers.reduce((sum, layer) => sum + forwardMacs(layer.op), 0)
  const first = forwardMacs(layers[0].op)
  const attention = layers
    .filter((layer) => layer.op.kind === "matmul")
    .reduce((sum, layer) => sum + forwardMacs(layer.op), 0)
  const dense = 3 * total - first
  return (100 * 2 * (1 - n / m) * (total - first - attention)) / dense
}

describe("BDWP saves the share of training operations that validation/sat.json derives", () => {
  it.each([
    ["resnet18_cifar10_32x32", 33.262, 49.894, 58.209],
    ["resnet18_imagenet_224", 31.856, 47.783, 55.747],
    ["resnet50_imagenet_224", 32.686, 49.029, 57.2],
    ["vgg19_cifar_32x32", 33.234, 49.852, 58.16],
    ["vit_b16_224", 31.826, 47.739, 55.696],
  ])("%s: %d %% at 2:4, %d %% at 2:8, %d %% at 2:16", (spec, ...reductions) => {
    const network = buildNetwork(spec, { batch: 4 })
    const computed = [4, 8, 16].map((m) => Number(bdwpReduction(network, 2, m).toFixed(3)))
    expect(computed).toEqual(reductions)
  })
})
