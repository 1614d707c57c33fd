/**
 * Operators that ONNX Runtime's optimiser and quantiser put into files, domain com.microsoft. Only those whose shapes
 * follow from standard operators. Source: ONNX Runtime ContribOperators.md.
 */
import { intAttribute } from "../attributes.ts"
import { inputAt, type OnnxNode, type Rule, vectorLayer } from "../node.ts"
import { broadcastShapes, formatShape } from "../shape.ts"
import { known } from "../value.ts"

/** A and B each come with a scale and a zero point: they are inputs 0 and 3. */
export const quantisedBroadcast =
  (function_: "add" | "mul"): Rule =>
  (node) => {
    const operands = [inputAt(node, 0), inputAt(node, 3)]
    const shape = broadcastShapes(operands.map((operand) => operand.shape))
    if (shape === undefined)
      throw node.fail(
        `${node.opType} combines ${operands.map((operand) => formatShape(operand.shape)).join(" and ")}, which do not broadcast to one shape.`,
      )
    return { outputs: [known(shape)], layers: [vectorLayer(node, function_, operands, [shape])] }
  }

export const quantisedGlobalAveragePool: Rule = (node) => {
  const x = inputAt(node, 0)
  const channels = intAttribute(node, "channels_last") === 1 ? x.shape.length - 1 : 1
  const shape = x.shape.map((dim, axis) => (axis === 0 || axis === channels ? dim : 1))
  return { outputs: [known(shape)], layers: [vectorLayer(node, "avgpool", [x], [shape])] }
}

/** Input plus skip, normalised; output 3 is the sum before normalisation. */
const skipNormalised = (node: OnnxNode, function_: "layernorm" | "rmsnorm") => {
  const operands = [inputAt(node, 0), inputAt(node, 1)]
  const { shape } = operands[0]
  return {
    outputs: [known(shape), known([]), known([]), known(shape)],
    layers: [vectorLayer(node, function_, [...operands, inputAt(node, 2)], [shape])],
  }
}

export const skipLayerNormalization: Rule = (node) => skipNormalised(node, "layernorm")
export const skipRmsNormalization: Rule = (node) => skipNormalised(node, "rmsnorm")
