/** Squeeze-and-excitation: scales each channel by a function of all channels' means (Hu et al. 2017). */
import type { Activation, FeatureMap, LayerList } from "./layer-list.ts"

export const squeezeExcite = (
  list: LayerList,
  id: string,
  map: FeatureMap,
  squeezed: number,
  activation: Activation,
  gate: Activation,
): void => {
  const means = list.adaptiveAvgPool(`${id}.avgpool`, map, 1)
  const narrow = list.biasedConv(`${id}.squeeze`, means, squeezed, { kernel: 1 })
  list.activation(`${id}.squeeze.activation`, narrow, activation)
  const factors = list.biasedConv(`${id}.excite`, narrow, map.channels, { kernel: 1 })
  list.activation(`${id}.excite.gate`, factors, gate)
  list.scaleChannels(`${id}.scale`, map)
}
