/** Convolution, batch normalisation and, usually, an activation: the unit most image networks are made of. */
import type { Activation, ConvShape, FeatureMap, LayerList } from "./layer-list.ts"

export const convNorm = (
  list: LayerList,
  id: string,
  input: FeatureMap,
  outChannels: number,
  shape: ConvShape,
): FeatureMap => {
  const output = list.conv(id, input, outChannels, shape)
  list.batchNorm(`${id}.norm`, output)
  return output
}

export const convNormAct = (
  list: LayerList,
  id: string,
  input: FeatureMap,
  outChannels: number,
  shape: ConvShape,
  activation: Activation,
): FeatureMap => {
  const output = convNorm(list, id, input, outChannels, shape)
  list.activation(`${id}.${activation}`, output, activation)
  return output
}
