/** VGG-16 and VGG-19. */
import { convNormAct } from "./conv-norm.ts"
import { rgbImage } from "./image.ts"
import { type FeatureMap, flattened, type LayerList } from "./layer-list.ts"
import { type ImageNetwork, type ImageShape, isCifar } from "./network-entry.ts"

/** Channels of each of the five stages; every stage ends with a 2×2 max-pool. */
const channels = [64, 128, 256, 512, 512]

/** `depths[s]` 3×3 convolutions in stage s. */
const vggLayers =
  (depths: readonly number[]) =>
  (list: LayerList, shape: ImageShape): void => {
    let map = rgbImage(shape)
    for (const [stage, depth] of depths.entries()) {
      for (let index = 1; index <= depth; index++) {
        map = convolution(list, `conv${stage + 1}_${index}`, map, channels[stage], shape)
      }
      map = list.maxPool(`pool${stage + 1}`, map, { kernel: 2, stride: 2 })
    }
    if (isCifar(shape.input)) cifarClassifier(list, map, shape.classes)
    else imagenetClassifier(list, map, shape.classes)
  }

/** The CIFAR variant is always trained with batch normalisation, the original has biases instead. */
const convolution = (
  list: LayerList,
  id: string,
  input: FeatureMap,
  outChannels: number,
  shape: ImageShape,
): FeatureMap => {
  if (isCifar(shape.input)) return convNormAct(list, id, input, outChannels, { kernel: 3 }, "relu")
  const output = list.biasedConv(id, input, outChannels, { kernel: 3 })
  list.activation(`${id}.relu`, output, "relu")
  return output
}

/** One fully connected layer on what is left of the image, a single pixel at 32×32. */
const cifarClassifier = (list: LayerList, map: FeatureMap, classes: number): void => {
  list.biasedLinear("fc", flattened(list.adaptiveAvgPool("avgpool", map, 1)), classes)
}

const imagenetClassifier = (list: LayerList, map: FeatureMap, classes: number): void => {
  let vector = flattened(list.adaptiveAvgPool("avgpool", map, 7))
  for (const index of [6, 7]) {
    vector = list.biasedLinear(`fc${index}`, vector, 4096)
    list.activation(`fc${index}.relu`, vector, "relu")
  }
  list.biasedLinear("fc8", vector, classes)
}

const vgg = (depth: number, depths: readonly number[]): ImageNetwork => ({
  kind: "image",
  id: `vgg-${depth}`,
  title: `VGG-${depth}`,
  source:
    "Simonyan and Zisserman 2014, arXiv 1409.1556; CIFAR: batch normalisation and one 512-wide classifier",
  inputs: ["imagenet", "cifar", "cifar100"],
  appendLayers: vggLayers(depths),
})

export const vgg16 = vgg(16, [2, 2, 3, 3, 3])
export const vgg19 = vgg(19, [2, 2, 4, 4, 4])
