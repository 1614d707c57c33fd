/** ResNet-18, -34 and -50 (v1.5: a bottleneck strides in its 3×3 convolution). */
import { pooledClassifier } from "./classifier.ts"
import { convNorm, convNormAct } from "./conv-norm.ts"
import { rgbImage } from "./image.ts"
import type { FeatureMap, LayerList } from "./layer-list.ts"
import { type ImageNetwork, type ImageShape, isCifar } from "./network-entry.ts"

type Block = (list: LayerList, id: string, input: FeatureMap, width: number, stride: number) => FeatureMap

/** Two 3×3 convolutions. */
const basicBlock: Block = (list, id, input, width, stride) => {
  const middle = convNormAct(list, `${id}.conv1`, input, width, { kernel: 3, stride }, "relu")
  const output = convNorm(list, `${id}.conv2`, middle, width, { kernel: 3 })
  return joinShortcut(list, id, input, output, stride)
}

/** 1×1 down to `width`, 3×3, 1×1 up to 4 × `width`. */
const bottleneck: Block = (list, id, input, width, stride) => {
  const narrow = convNormAct(list, `${id}.conv1`, input, width, { kernel: 1 }, "relu")
  const middle = convNormAct(list, `${id}.conv2`, narrow, width, { kernel: 3, stride }, "relu")
  const output = convNorm(list, `${id}.conv3`, middle, 4 * width, { kernel: 1 })
  return joinShortcut(list, id, input, output, stride)
}

/** Adds the block's input, through a strided 1×1 convolution where shapes differ. */
const joinShortcut = (
  list: LayerList,
  id: string,
  input: FeatureMap,
  output: FeatureMap,
  stride: number,
): FeatureMap => {
  if (stride !== 1 || input.channels !== output.channels) {
    convNorm(list, `${id}.downsample`, input, output.channels, { kernel: 1, stride })
  }
  list.add(`${id}.add`, output)
  list.activation(`${id}.relu`, output, "relu")
  return output
}

/** CIFAR: one 3×3 convolution at full resolution. ImageNet: 7×7 stride 2 and a max-pool. */
const stem = (list: LayerList, shape: ImageShape): FeatureMap => {
  if (isCifar(shape.input)) return convNormAct(list, "conv1", rgbImage(shape), 64, { kernel: 3 }, "relu")
  const map = convNormAct(list, "conv1", rgbImage(shape), 64, { kernel: 7, stride: 2 }, "relu")
  return list.maxPool("maxpool", map, { kernel: 3, stride: 2, pad: 1 })
}

const resnet = (depth: number, block: Block, depths: readonly number[]): ImageNetwork => ({
  kind: "image",
  id: `resnet-${depth}`,
  aliases: [`resnet${depth}v15`],
  title: depth === 50 ? "ResNet-50 v1.5" : `ResNet-${depth}`,
  source: "He et al. 2015, arXiv 1512.03385, as in torchvision; CIFAR: 3×3 stem, no max-pool",
  inputs: ["imagenet", "cifar", "cifar100"],
  appendLayers: (list, shape) => {
    let map = stem(list, shape)
    for (const [stage, blocks] of depths.entries()) {
      for (let index = 0; index < blocks; index++) {
        const stride = stage > 0 && index === 0 ? 2 : 1
        map = block(list, `layer${stage + 1}.${index}`, map, 64 * 2 ** stage, stride)
      }
    }
    pooledClassifier(list, "fc", map, shape.classes)
  },
})

export const resnet18 = resnet(18, basicBlock, [2, 2, 2, 2])
export const resnet34 = resnet(34, basicBlock, [3, 4, 6, 3])
export const resnet50 = resnet(50, bottleneck, [3, 4, 6, 3])
