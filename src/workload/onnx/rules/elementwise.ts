/** One output element from the elements at the same place. */
import type { VectorOp } from "../../../../dataflows/operator.ts"
import { intAttribute } from "../attributes.ts"
import {
  binaryFunctions,
  castConstant,
  combinedConstant,
  givesBoolean,
  mappedConstant,
  selectedConstant,
  unaryFunctions,
} from "../constant-arithmetic.ts"
import type { Constant } from "../constant.ts"
import { elementTypeOf } from "../element-type.ts"
import { constantInputs, inputAt, knownInputs, type OnnxNode, type Rule, vectorLayer } from "../node.ts"
import { broadcastShapes, formatShape, type Shape } from "../shape.ts"
import { known } from "../value.ts"

type VectorFunction = VectorOp["function"]

/** Same shape as input 0. */
export const unary =
  (function_: VectorFunction): Rule =>
  (node) => {
    const x = inputAt(node, 0)
    const f = unaryFunctions[node.opType]
    const type = givesBoolean.has(node.opType) ? "bool" : x.constant?.type
    const constant =
      x.constant === undefined || f === undefined || type === undefined
        ? undefined
        : mappedConstant(x.constant, type, f)
    return {
      outputs: [known(x.shape, constant)],
      layers: [vectorLayer(node, function_, [x], [x.shape])],
    }
  }

const broadcastOf = (node: OnnxNode): Shape => {
  const shapes = knownInputs(node).map(({ shape }) => shape)
  // Before version 7 the second operand is stretched to the first along `axis`, not broadcast by numpy's rules.
  if (node.opset < 7 && intAttribute(node, "broadcast") === 1) return inputAt(node, 0).shape
  const shape = broadcastShapes(shapes)
  if (shape === undefined)
    throw node.fail(
      `${node.opType} combines ${shapes.map(formatShape).join(" and ")}, which do not broadcast to one shape.`,
    )
  return shape
}

/** Numpy broadcasting over two or more operands. */
export const broadcasting =
  (function_: VectorFunction): Rule =>
  (node) => {
    const shape = broadcastOf(node)
    const f = binaryFunctions[node.opType]
    const constants = f === undefined ? undefined : constantInputs(node)
    return {
      outputs: [known(shape, constants === undefined ? undefined : combineAll(node, constants, shape))],
      layers: [vectorLayer(node, function_, knownInputs(node), [shape])],
    }
  }

/** Min and Max take any number of operands; the others have two. */
const combineAll = (node: OnnxNode, constants: readonly Constant[], shape: Shape): Constant | undefined => {
  const f = binaryFunctions[node.opType]
  const [first, ...rest] = constants
  const type = givesBoolean.has(node.opType) ? "bool" : first.type
  let result: Constant | undefined = first
  for (const operand of rest) {
    const partial = broadcastShapes([result.shape, operand.shape])
    if (partial === undefined) return undefined
    result = combinedConstant(result, operand, type, partial, f)
    if (result === undefined) return undefined
  }
  return broadcastShapes([result.shape, shape]) === undefined ? undefined : result
}

/** Condition, value if true, value if false. */
export const where: Rule = (node) => {
  const shape = broadcastOf(node)
  const constants = constantInputs(node)
  const constant =
    constants?.length === 3 ? selectedConstant(constants[0], constants[1], constants[2], shape) : undefined
  return {
    outputs: [known(shape, constant)],
    layers: [vectorLayer(node, "other", knownInputs(node), [shape])],
  }
}

/** Conversions are part of the neighbouring load or store: no layer. */
export const cast: Rule = (node) => {
  const x = inputAt(node, 0)
  // Files of opset 1 to 5 write the type's name instead of its number; the content is then left unknown.
  const to = node.attributes.get("to")
  const type = to === undefined || to.i === 0n ? undefined : elementTypeOf(Number(to.i))
  return {
    outputs: [
      known(
        x.shape,
        x.constant === undefined || type === undefined ? undefined : castConstant(x.constant, type),
      ),
    ],
  }
}

/** The value passes unchanged in inference; further outputs (a dropout mask) have its shape. */
export const passThrough: Rule = (node) => {
  const x = inputAt(node, 0)
  return { outputs: node.outputNames.map((_, i) => (i === 0 ? x : known(x.shape))) }
}

/** Softmax and its relatives read and write every element. */
export const softmax: Rule = (node) => {
  const x = inputAt(node, 0)
  return { outputs: [known(x.shape)], layers: [vectorLayer(node, "softmax", [x], [x.shape])] }
}
