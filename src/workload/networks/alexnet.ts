/** AlexNet in its one-tower form. */
import { rgbImage } from "./image.ts"
import { flattened, type LayerList } from "./layer-list.ts"
import type { ImageNetwork, ImageShape } from "./network-entry.ts"

const appendLayers = (list: LayerList, shape: ImageShape): void => {
  const pool = { kernel: 3, stride: 2 }
  let map = list.biasedConv("conv1", rgbImage(shape), 64, { kernel: 11, stride: 4, pad: 2 })
  list.activation("relu1", map, "relu")
  map = list.maxPool("pool1", map, pool)
  map = list.biasedConv("conv2", map, 192, { kernel: 5 })
  list.activation("relu2", map, "relu")
  map = list.maxPool("pool2", map, pool)
  for (const [index, channels] of [384, 256, 256].entries()) {
    map = list.biasedConv(`conv${index + 3}`, map, channels, { kernel: 3 })
    list.activation(`relu${index + 3}`, map, "relu")
  }
  map = list.maxPool("pool5", map, pool)

  let vector = flattened(list.adaptiveAvgPool("avgpool", map, 6))
  for (const index of [6, 7]) {
    vector = list.biasedLinear(`fc${index}`, vector, 4096)
    list.activation(`relu${index}`, vector, "relu")
  }
  list.biasedLinear("fc8", vector, shape.classes)
}

export const alexnet: ImageNetwork = {
  kind: "image",
  id: "alexnet",
  title: "AlexNet (one tower)",
  source: "Krizhevsky 2014, arXiv 1404.5997, as in torchvision",
  inputs: ["imagenet"],
  appendLayers,
}
