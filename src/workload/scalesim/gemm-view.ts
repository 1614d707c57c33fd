/** The matrix product that SCALE-Sim makes of a layer. */
import type { ScaleSimLayer } from "./topology.ts"

/**
 * Output pixels along one axis: ceil((ifmap − filter + stride) / stride). Where the stride does not divide, the last
 * window hangs over the edge. Source: SCALE-Sim v3, `topology_utils.py`.
 */
export const ofmapSize = (ifmap: number, filter: number, stride: number): number =>
  Math.ceil((ifmap - filter + stride) / stride)

/**
 * M output pixels, N filters, K window elements, of one image. A depthwise layer is `channels` such products, each of
 * one channel.
 */
export const scaleSimGemm = (
  layer: ScaleSimLayer,
): { readonly m: number; readonly n: number; readonly k: number } => {
  if (layer.kind === "gemm") return { m: layer.m, n: layer.n, k: layer.k }
  const height = ofmapSize(layer.ifmapHeight, layer.filterHeight, layer.strideHeight)
  const width = ofmapSize(layer.ifmapWidth, layer.filterWidth, layer.strideWidth)
  const channels = layer.depthwise ? 1 : layer.channels
  return { m: height * width, n: layer.filters, k: layer.filterHeight * layer.filterWidth * channels }
}
