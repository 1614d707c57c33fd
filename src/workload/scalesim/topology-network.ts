/** A SCALE-Sim topology as a network. */
import type { Layer, Network } from "../../../dataflows/network.ts"
import type { Operator } from "../../../dataflows/operator.ts"
import { isDense, type NmPattern } from "../../../dataflows/sparsity/nm-pattern.ts"
import { distinctNames } from "./distinct-names.ts"
import type { ScaleSimConvLayer, ScaleSimGemmLayer, ScaleSimLayer, ScaleSimTopology } from "./topology.ts"

/** Layers in file order; a name that occurs again gets `#2`, `#3`, … behind it. */
export const networkFromTopology = (topology: ScaleSimTopology): Network => {
  const ids = distinctNames(topology.layers.map(({ name }) => name))
  const layers = topology.layers.map((layer, i): Layer => {
    const id = ids[i]
    const op = operator(layer)
    return layer.sparsity === undefined ? { id, op } : { id, op, sparsity: layerSparsity(layer.sparsity) }
  })
  return {
    id: topology.name,
    name: `${topology.name}, ${layers.length} layers`,
    batch: 1,
    layers,
    source: `SCALE-Sim topology ${topology.name}.csv`,
  }
}

const layerSparsity = (pattern: NmPattern): NmPattern | "dense" => (isDense(pattern) ? "dense" : pattern)

const operator = (layer: ScaleSimLayer): Operator => (layer.kind === "conv" ? conv2d(layer) : product(layer))

/** A batch of products has a filter each, so it is a product of activations. */
const product = ({ batch, m, n, k }: ScaleSimGemmLayer): Operator =>
  batch === 1
    ? { kind: "linear", rows: m, inFeatures: k, outFeatures: n }
    : { kind: "matmul", count: batch, m, n, k }

/** Depthwise: `channels` groups of `filters` filters. */
const conv2d = (layer: ScaleSimConvLayer): Operator => ({
  kind: "conv2d",
  batch: layer.batch,
  inChannels: layer.channels,
  outChannels: layer.depthwise ? layer.channels * layer.filters : layer.filters,
  inHeight: layer.ifmapHeight,
  inWidth: layer.ifmapWidth,
  kernelHeight: layer.filterHeight,
  kernelWidth: layer.filterWidth,
  strideHeight: layer.strideHeight,
  strideWidth: layer.strideWidth,
  dilationHeight: 1,
  dilationWidth: 1,
  padTop: 0,
  padBottom: overhang(layer.ifmapHeight, layer.filterHeight, layer.strideHeight),
  padLeft: 0,
  padRight: overhang(layer.ifmapWidth, layer.filterWidth, layer.strideWidth),
  groups: layer.depthwise ? layer.channels : 1,
})

/**
 * Zeros behind the last pixel that make the floor of a padded convolution count SCALE-Sim's last window, which hangs
 * over the edge.
 */
const overhang = (ifmap: number, filter: number, stride: number): number =>
  (stride - ((ifmap - filter) % stride)) % stride
