/** EfficientNet-B0 and -B1. */
import { pooledClassifier } from "./classifier.ts"
import { convNorm, convNormAct } from "./conv-norm.ts"
import { rgbImage } from "./image.ts"
import type { FeatureMap, LayerList } from "./layer-list.ts"
import type { ImageNetwork } from "./network-entry.ts"
import { squeezeExcite } from "./squeeze-excite.ts"

interface Stage {
  readonly expansion: number
  readonly kernel: number
  readonly stride: number
  readonly channels: number
  readonly blocks: number
}

/** Tan and Le 2019, table 1. */
const stages: readonly Stage[] = [
  { expansion: 1, kernel: 3, stride: 1, channels: 16, blocks: 1 },
  { expansion: 6, kernel: 3, stride: 2, channels: 24, blocks: 2 },
  { expansion: 6, kernel: 5, stride: 2, channels: 40, blocks: 2 },
  { expansion: 6, kernel: 3, stride: 2, channels: 80, blocks: 3 },
  { expansion: 6, kernel: 5, stride: 1, channels: 112, blocks: 3 },
  { expansion: 6, kernel: 5, stride: 2, channels: 192, blocks: 4 },
  { expansion: 6, kernel: 3, stride: 1, channels: 320, blocks: 1 },
]

/** Inverted residual with squeeze-and-excitation to a quarter of the block's input channels. */
const mbConv = (list: LayerList, id: string, input: FeatureMap, stage: Stage, stride: number): FeatureMap => {
  const { expansion, kernel, channels } = stage
  const expanded = expansion * input.channels
  const wide =
    expansion === 1 ? input : convNormAct(list, `${id}.expand`, input, expanded, { kernel: 1 }, "silu")
  const depthwise = { kernel, stride, groups: expanded }
  const filtered = convNormAct(list, `${id}.depthwise`, wide, expanded, depthwise, "silu")
  squeezeExcite(list, `${id}.se`, filtered, Math.floor(input.channels / 4), "silu", "sigmoid")
  const output = convNorm(list, `${id}.project`, filtered, channels, { kernel: 1 })
  if (stride === 1 && channels === input.channels) list.add(`${id}.add`, output)
  return output
}

/** Compound scaling to B1 changes depth and image size, not the number of channels. */
const efficientnet = (variant: number, depthFactor: number, imagenetSize: number): ImageNetwork => ({
  kind: "image",
  id: `efficientnet-b${variant}`,
  title: `EfficientNet-B${variant}`,
  source: "Tan and Le 2019, arXiv 1905.11946, as in torchvision",
  inputs: ["imagenet"],
  imagenetSize,
  appendLayers: (list, shape) => {
    let map = convNormAct(list, "conv0", rgbImage(shape), 32, { kernel: 3, stride: 2 }, "silu")
    for (const [index, stage] of stages.entries()) {
      const blocks = Math.ceil(stage.blocks * depthFactor)
      for (let block = 0; block < blocks; block++) {
        const stride = block === 0 ? stage.stride : 1
        map = mbConv(list, `stage${index + 1}.${block}`, map, stage, stride)
      }
    }
    map = convNormAct(list, "conv_last", map, 1280, { kernel: 1 }, "silu")
    pooledClassifier(list, "fc", map, shape.classes)
  },
})

export const efficientnetB0 = efficientnet(0, 1, 224)
export const efficientnetB1 = efficientnet(1, 1.1, 240)
