/** Real weights of layers, from constants. */
import type { LayerWeights } from "../../../dataflows/network.ts"
import type { Constant } from "./constant.ts"
import { codecOf } from "./element-type.ts"
import type { OnnxNode } from "./node.ts"

/** Weights in the order of `constant.shape`, which must be the order that `LayerWeights` asks for. */
export const layerWeights = (node: OnnxNode, constant: Constant): LayerWeights => {
  if (codecOf(constant.type) === undefined)
    throw node.fail(
      `The weights are of type ${constant.type}, which is not read.`,
      "Export the model with float32, float16, bfloat16 or integer weights.",
    )
  // A new array every time: the caller may prune it in place.
  return { shape: constant.shape, load: () => new Float32Array(constant.load()) }
}

/** `weights` as an optional property; a warning when they are computed from the input instead of stored. */
export const optionalWeights = (
  node: OnnxNode,
  constant: Constant | undefined,
): { readonly weights?: LayerWeights } => {
  if (constant !== undefined) return { weights: layerWeights(node, constant) }
  node.warn(
    `${node.opType} has weights that are not in the file: its shape is counted, its weights are not known`,
  )
  return {}
}
