/** ResNet-9, the small CIFAR network of the DAWNBench entries. */
import { convNormAct } from "./conv-norm.ts"
import { rgbImage } from "./image.ts"
import { type FeatureMap, flattened, type LayerList } from "./layer-list.ts"
import type { ImageNetwork, ImageShape } from "./network-entry.ts"

const halve = { kernel: 2, stride: 2 }

const convolution = (list: LayerList, id: string, input: FeatureMap, channels: number): FeatureMap =>
  convNormAct(list, id, input, channels, { kernel: 3 }, "relu")

const pooledConvolution = (list: LayerList, id: string, input: FeatureMap, channels: number): FeatureMap =>
  list.maxPool(`${id}.pool`, convolution(list, id, input, channels), halve)

const residual = (list: LayerList, id: string, input: FeatureMap): void => {
  convolution(list, `${id}.conv1`, input, input.channels)
  convolution(list, `${id}.conv2`, input, input.channels)
  list.add(`${id}.add`, input)
}

const appendLayers = (list: LayerList, shape: ImageShape): void => {
  let map = convolution(list, "prep", rgbImage(shape), 64)
  map = pooledConvolution(list, "layer1", map, 128)
  residual(list, "layer1.residual", map)
  map = pooledConvolution(list, "layer2", map, 256)
  map = pooledConvolution(list, "layer3", map, 512)
  residual(list, "layer3.residual", map)
  map = list.maxPool("pool", map, { kernel: 4, stride: 4 })
  list.linear("linear", flattened(map), shape.classes)
}

export const resnet9: ImageNetwork = {
  kind: "image",
  id: "resnet-9",
  title: "ResNet-9",
  source: "Page 2018, davidcpage/cifar10-fast, the network of the DAWNBench CIFAR-10 entry",
  inputs: ["cifar", "cifar100"],
  appendLayers,
}
