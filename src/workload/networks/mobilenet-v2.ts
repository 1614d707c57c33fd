/** MobileNet v2. */
import { pooledClassifier } from "./classifier.ts"
import { convNorm, convNormAct } from "./conv-norm.ts"
import { rgbImage } from "./image.ts"
import type { FeatureMap, LayerList } from "./layer-list.ts"
import type { ImageNetwork, ImageShape } from "./network-entry.ts"
import { roundedChannels } from "./rounded-channels.ts"

/** [expansion, channels, blocks, stride of the first] at width 1. Sandler et al. 2018, table 2. */
const stages: readonly (readonly [number, number, number, number])[] = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
]

/** 1×1 expansion, 3×3 depthwise, linear 1×1 projection, and the input added where shapes agree. */
const invertedResidual = (
  list: LayerList,
  id: string,
  input: FeatureMap,
  expansion: number,
  channels: number,
  stride: number,
  widest: number,
): FeatureMap => {
  const expanded = Math.min(expansion * input.channels, widest)
  const wide =
    expansion === 1 ? input : convNormAct(list, `${id}.expand`, input, expanded, { kernel: 1 }, "relu")
  const depthwise = { kernel: 3, stride, groups: expanded }
  const filtered = convNormAct(list, `${id}.depthwise`, wide, expanded, depthwise, "relu")
  const output = convNorm(list, `${id}.project`, filtered, channels, { kernel: 1 })
  if (stride === 1 && channels === input.channels) list.add(`${id}.add`, output)
  return output
}

/** `widest` bounds the channels between expansion and projection. */
const appendLayers = (list: LayerList, shape: ImageShape, widest: number): void => {
  const stem = { kernel: 3, stride: 2 }
  let map = convNormAct(list, "conv0", rgbImage(shape), roundedChannels(32 * shape.width), stem, "relu")
  let index = 0
  for (const [expansion, channels, blocks, firstStride] of stages) {
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 ? firstStride : 1
      const out = roundedChannels(channels * shape.width)
      map = invertedResidual(list, `block${++index}`, map, expansion, out, stride, widest)
    }
  }
  // Narrow networks keep the full 1280 features before the classifier.
  const last = roundedChannels(1280 * Math.max(1, shape.width))
  map = convNormAct(list, "conv_last", map, last, { kernel: 1 }, "relu")
  pooledClassifier(list, "fc", map, shape.classes)
}

export const mobilenetV2: ImageNetwork = {
  kind: "image",
  id: "mobilenet-v2",
  aliases: ["mobilenet2"],
  title: "MobileNet v2",
  source: "Sandler et al. 2018, arXiv 1801.04381, as in torchvision",
  inputs: ["imagenet"],
  // The paper has 0.35 to 1.4; later work on sparse networks goes on to 1.8.
  widths: [0.35, 2],
  appendLayers: (list, shape) => {
    appendLayers(list, shape, Number.POSITIVE_INFINITY)
  },
}

/** Channels whose 16 pixels of fp32 fill a first-level cache of 32 KiB. */
const channelsInCache = 512

/**
 * The variant of Fast Sparse ConvNets that bounds channels so that what a sparse kernel reads stays in the first cache. The
 * paper's text gives the idea; its channel counts could not be read, so the bound here is worked out from the kernel's tile.
 */
export const mobilenetV2CacheAware: ImageNetwork = {
  kind: "image",
  id: "mobilenet-v2-cache-aware",
  title: "MobileNet v2, cache-aware",
  source:
    "after Elsen et al. 2020, arXiv 1911.09723; channels bounded by 32 KiB ÷ (16 pixels × 4 B), assumed",
  inputs: ["imagenet"],
  widths: [0.35, 2],
  appendLayers: (list, shape) => {
    appendLayers(list, shape, channelsInCache)
  },
}
