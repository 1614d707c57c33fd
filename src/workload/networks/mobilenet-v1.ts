/** MobileNet v1. */
import { pooledClassifier } from "./classifier.ts"
import { convNormAct } from "./conv-norm.ts"
import { rgbImage } from "./image.ts"
import type { LayerList } from "./layer-list.ts"
import type { ImageNetwork, ImageShape } from "./network-entry.ts"

/** [channels, stride] of the depthwise-separable blocks at width 1. Howard et al. 2017, table 1. */
const blocks: readonly (readonly [number, number])[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
]

/** Rounds down, at least 8 channels: the reference implementation (TF-slim). */
const scaled = (channels: number, width: number): number => Math.max(8, Math.floor(channels * width))

const appendLayers = (list: LayerList, shape: ImageShape): void => {
  const stem = { kernel: 3, stride: 2 }
  let map = convNormAct(list, "conv0", rgbImage(shape), scaled(32, shape.width), stem, "relu")
  for (const [index, [channels, stride]] of blocks.entries()) {
    const id = `block${index + 1}`
    const depthwise = { kernel: 3, stride, groups: map.channels }
    map = convNormAct(list, `${id}.depthwise`, map, map.channels, depthwise, "relu")
    map = convNormAct(list, `${id}.pointwise`, map, scaled(channels, shape.width), { kernel: 1 }, "relu")
  }
  pooledClassifier(list, "fc", map, shape.classes)
}

export const mobilenetV1: ImageNetwork = {
  kind: "image",
  id: "mobilenet-v1",
  aliases: ["mobilenet", "mobilenet1"],
  title: "MobileNet v1",
  source: "Howard et al. 2017, arXiv 1704.04861, as in TF-slim",
  inputs: ["imagenet"],
  // The paper has 0.25 to 1; later work on sparse networks goes on to 2.
  widths: [0.25, 2],
  appendLayers,
}
