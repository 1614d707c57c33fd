/** MobileNet v3, small and large. */
import { convNorm, convNormAct } from "./conv-norm.ts"
import { rgbImage } from "./image.ts"
import { type FeatureMap, flattened, type LayerList } from "./layer-list.ts"
import type { ImageNetwork, ImageShape } from "./network-entry.ts"
import { roundedChannels } from "./rounded-channels.ts"
import { squeezeExcite } from "./squeeze-excite.ts"

interface Bottleneck {
  readonly kernel: number
  readonly expanded: number
  readonly channels: number
  readonly stride: number
  readonly activation: "relu" | "hardswish"
  /** Squeeze-and-excitation after the depthwise convolution. */
  readonly squeeze: "squeeze" | "none"
}

/** A row of the paper's tables: kernel, expansion size, output channels, SE or -, RE or HS, stride. */
const row = (
  kernel: number,
  expanded: number,
  channels: number,
  squeeze: "SE" | "-",
  activation: "RE" | "HS",
  stride: number,
): Bottleneck => ({
  kernel,
  expanded,
  channels,
  stride,
  activation: activation === "RE" ? "relu" : "hardswish",
  squeeze: squeeze === "SE" ? "squeeze" : "none",
})

/** Howard et al. 2019, table 1. */
const large = [
  row(3, 16, 16, "-", "RE", 1),
  row(3, 64, 24, "-", "RE", 2),
  row(3, 72, 24, "-", "RE", 1),
  row(5, 72, 40, "SE", "RE", 2),
  row(5, 120, 40, "SE", "RE", 1),
  row(5, 120, 40, "SE", "RE", 1),
  row(3, 240, 80, "-", "HS", 2),
  row(3, 200, 80, "-", "HS", 1),
  row(3, 184, 80, "-", "HS", 1),
  row(3, 184, 80, "-", "HS", 1),
  row(3, 480, 112, "SE", "HS", 1),
  row(3, 672, 112, "SE", "HS", 1),
  row(5, 672, 160, "SE", "HS", 2),
  row(5, 960, 160, "SE", "HS", 1),
  row(5, 960, 160, "SE", "HS", 1),
]

/** Howard et al. 2019, table 2. */
const small = [
  row(3, 16, 16, "SE", "RE", 2),
  row(3, 72, 24, "-", "RE", 2),
  row(3, 88, 24, "-", "RE", 1),
  row(5, 96, 40, "SE", "HS", 2),
  row(5, 240, 40, "SE", "HS", 1),
  row(5, 240, 40, "SE", "HS", 1),
  row(5, 120, 48, "SE", "HS", 1),
  row(5, 144, 48, "SE", "HS", 1),
  row(5, 288, 96, "SE", "HS", 2),
  row(5, 576, 96, "SE", "HS", 1),
  row(5, 576, 96, "SE", "HS", 1),
]

const appendBottleneck = (
  list: LayerList,
  id: string,
  input: FeatureMap,
  block: Bottleneck,
  width: number,
): FeatureMap => {
  const { kernel, stride, activation } = block
  const expanded = roundedChannels(block.expanded * width)
  const channels = roundedChannels(block.channels * width)
  const wide =
    expanded === input.channels
      ? input
      : convNormAct(list, `${id}.expand`, input, expanded, { kernel: 1 }, activation)
  const depthwise = { kernel, stride, groups: expanded }
  const filtered = convNormAct(list, `${id}.depthwise`, wide, expanded, depthwise, activation)
  if (block.squeeze === "squeeze") {
    // The gate is a hard sigmoid, which the vector functions have no name for.
    squeezeExcite(list, `${id}.se`, filtered, roundedChannels(expanded / 4), "relu", "other")
  }
  const output = convNorm(list, `${id}.project`, filtered, channels, { kernel: 1 })
  if (stride === 1 && channels === input.channels) list.add(`${id}.add`, output)
  return output
}

const mobilenetV3 = (size: string, blocks: readonly Bottleneck[], hidden: number): ImageNetwork => ({
  kind: "image",
  id: `mobilenet-v3-${size}`,
  title: `MobileNet v3 ${size}`,
  source: "Howard et al. 2019, arXiv 1905.02244, as in torchvision",
  inputs: ["imagenet"],
  widths: [0.35, 1.25],
  appendLayers: (list: LayerList, shape: ImageShape): void => {
    const { width, classes } = shape
    const stem = { kernel: 3, stride: 2 }
    let map = convNormAct(list, "conv0", rgbImage(shape), roundedChannels(16 * width), stem, "hardswish")
    for (const [index, block] of blocks.entries()) {
      map = appendBottleneck(list, `block${index + 1}`, map, block, width)
    }
    map = convNormAct(list, "conv_last", map, 6 * map.channels, { kernel: 1 }, "hardswish")
    const pooled = flattened(list.adaptiveAvgPool("avgpool", map, 1))
    const features = list.biasedLinear("fc1", pooled, roundedChannels(hidden * width))
    list.activation("fc1.hardswish", features, "hardswish")
    list.biasedLinear("fc2", features, classes)
  },
})

export const mobilenetV3Large = mobilenetV3("large", large, 1280)
export const mobilenetV3Small = mobilenetV3("small", small, 1024)
