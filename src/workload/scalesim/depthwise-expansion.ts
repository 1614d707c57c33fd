/** Depthwise layers the way SCALE-Sim runs them: as many one-channel layers as there are channels. */
import { WorkloadError } from "../../../arch/errors.ts"
import type { ScaleSimLayer, ScaleSimTopology } from "./topology.ts"

/** SCALE-Sim runs the layers one after another, so a longer list is a typing error rather than a network. */
const mostLayers = 1_000_000

/**
 * The topology with every depthwise layer replaced by its channels, named `…Channel_0` and so on. For comparison with
 * SCALE-Sim; `networkFromTopology` of the topology itself makes one grouped convolution of them.
 */
export const expandDepthwise = (topology: ScaleSimTopology): ScaleSimTopology => {
  const layers: ScaleSimLayer[] = []
  for (const layer of topology.layers) {
    if (layer.kind === "gemm" || !layer.depthwise) {
      layers.push(layer)
      continue
    }
    if (layers.length + layer.channels > mostLayers) {
      throw new WorkloadError({
        message: `SCALE-Sim topology: layer "${layer.name}" expands to ${layer.channels} one-channel layers.`,
        place: { file: topology.file, line: layer.line },
        remedy: `At most ${mostLayers} layers are expanded; run it as a grouped convolution.`,
      })
    }
    for (let channel = 0; channel < layer.channels; channel++) {
      const name = `${layer.name}Channel_${channel}`
      layers.push({ ...layer, name, channels: 1, depthwise: false })
    }
  }
  return { ...topology, layers }
}
