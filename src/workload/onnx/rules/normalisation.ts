/** Normalisations. Their trainable scale and shift are the layer's parameters; running statistics are not trainable. */
import type { VectorOp } from "../../../../dataflows/operator.ts"
import { has, type Inferred, inputAt, type OnnxNode, type Rule, shapeOfRank } from "../node.ts"
import { elementsIn, formatShape, type Shape } from "../shape.ts"
import { known, unknownValue } from "../value.ts"

const normalised = (
  node: OnnxNode,
  function_: VectorOp["function"],
  trainable: readonly number[],
): Inferred => {
  const { shape } = inputAt(node, 0)
  const parameters = trainable
    .filter((index) => has(node, index))
    .reduce((sum, index) => sum + elementsIn(inputAt(node, index).shape), 0)
  const elements = elementsIn(shape)
  return {
    outputs: node.outputNames.map((_, i) =>
      i === 0
        ? known(shape)
        : unknownValue(
            `${node.path} (${node.opType}) gives statistics of training, which are not modelled`,
            "Export the model for inference.",
          ),
    ),
    layers: [
      {
        id: node.id,
        op: {
          kind: "vector",
          function: function_,
          inputElements: elements,
          outputElements: elements,
          parameters,
        },
      },
    ],
  }
}

const checkChannels = (node: OnnxNode, x: Shape, indices: readonly number[]) => {
  for (const index of indices) {
    const { shape } = inputAt(node, index)
    if (elementsIn(shape) !== x[1])
      throw node.fail(
        `${node.opType} has an input of shape ${formatShape(x)}, so ${x[1]} channels, but input ${index} of shape ${formatShape(shape)}.`,
      )
  }
}

/** Inputs X, scale, B, mean, variance; one value a channel. */
export const batchNormalization: Rule = (node) => {
  checkChannels(node, shapeOfRank(node, 0, 2), [1, 2, 3, 4])
  return normalised(node, "batchnorm", [1, 2])
}

export const instanceNormalization: Rule = (node) => {
  checkChannels(node, shapeOfRank(node, 0, 3), [1, 2])
  return normalised(node, "layernorm", [1, 2])
}

/** LayerNormalization and GroupNormalization: X, scale, optional bias. */
export const layerNormalization: Rule = (node) => normalised(node, "layernorm", [1, 2])
export const rmsNormalization: Rule = (node) => normalised(node, "rmsnorm", [1])
/** Without trainable values: LRN, LpNormalization, MeanVarianceNormalization. */
export const plainNormalization: Rule = (node) => normalised(node, "other", [])
