/** The network's input: one RGB image. */
import type { FeatureMap } from "./layer-list.ts"
import type { ImageShape } from "./network-entry.ts"

export const rgbImage = ({ imageSize }: ImageShape): FeatureMap => ({
  channels: 3,
  height: imageSize,
  width: imageSize,
})
