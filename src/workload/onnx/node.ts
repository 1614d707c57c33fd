/** A node with its inputs resolved, as the rules see it. */
import type { AttributeProto, GraphProto } from "onnx-buf"
import type { UnsupportedError, WorkloadError } from "../../../arch/errors.ts"
import type { Operator, VectorOp } from "../../../dataflows/operator.ts"
import type { LayerWeights } from "../../../dataflows/network.ts"
import type { Constant } from "./constant.ts"
import type { TensorSource } from "./tensor-proto.ts"
import { elementsIn, type Shape } from "./shape.ts"
import { type KnownValue, NotFixedByFile, type Value } from "./value.ts"

/** A layer before ids are made unique. */
export interface LayerDraft {
  readonly id: string
  readonly op: Operator
  readonly weights?: LayerWeights
}

/** What a rule says about a node: its outputs, and the layers it becomes. */
export interface Inferred {
  readonly outputs: readonly Value[]
  readonly layers?: readonly LayerDraft[]
}

export interface OnnxNode {
  readonly id: string
  /** `graph.node[12] "Conv_12"`. */
  readonly path: string
  readonly opType: string
  /** Version of the operator set the node's domain is read with. */
  readonly opset: number
  /** Undefined where an optional input is left out. */
  readonly inputs: readonly (Value | undefined)[]
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  readonly attributes: ReadonlyMap<string, AttributeProto>
  /** Makes the error, for the rule to throw. */
  readonly fail: (message: string, remedy?: string) => WorkloadError
  /** As `fail`, for a sound node that is out of reach. */
  readonly unsupported: (message: string, remedy: string) => UnsupportedError
  readonly warn: (message: string) => void
  /** For tensors inside attributes; `where` is appended to the path. */
  readonly tensorSource: (where: string) => TensorSource
  /** Reads a body of this node with its inputs bound in order; layer ids get `prefix`. */
  readonly readBody: (body: GraphProto, where: string, inputs: readonly Value[], prefix: string) => Inferred
}

export type Rule = (node: OnnxNode) => Inferred

export const has = (node: OnnxNode, index: number): boolean => node.inputs[index] !== undefined

/** An input that the operator cannot do without, with known shape. */
export const inputAt = (node: OnnxNode, index: number): KnownValue => {
  const value = node.inputs[index]
  if (value === undefined)
    throw node.fail(
      `${node.opType} needs at least ${index + 1} input${index === 0 ? "" : "s"}; input ${index} is missing.`,
    )
  if (value.shape === undefined) throw new NotFixedByFile(value.because, value.remedy)
  return value
}

export const shapeAt = (node: OnnxNode, index: number): Shape => inputAt(node, index).shape

/** The shape, when it has one of the ranks the operator is defined for. */
export const shapeOfRank = (node: OnnxNode, index: number, least: number, most = Infinity): Shape => {
  const shape = shapeAt(node, index)
  if (shape.length < least || shape.length > most)
    throw node.fail(
      `${node.opType} expects input ${index} of rank ${least === most ? least : `at least ${least}`}, found ${shape.join("×") || "a scalar"}.`,
    )
  return shape
}

/** The numbers of an input that the output shape depends on; undefined when the input is left out. */
export const numbersAt = (node: OnnxNode, index: number): readonly number[] | undefined => {
  const value = node.inputs[index]
  if (value === undefined) return undefined
  const { constant } = inputAt(node, index)
  if (constant === undefined)
    throw new NotFixedByFile(
      `the shape that ${node.path} (${node.opType}) makes depends on the content of "${node.inputNames[index]}", which is only known at run time`,
      "Export the model with fixed shapes, or declare the shape in the file (value_info).",
    )
  return Array.from(constant.load())
}

export const knownInputs = (node: OnnxNode): readonly KnownValue[] =>
  node.inputs.flatMap((value, index) => (value === undefined ? [] : [inputAt(node, index)]))

/** The constants, when every input given is one. */
export const constantInputs = (node: OnnxNode): readonly Constant[] | undefined => {
  const constants = node.inputs.flatMap((value) =>
    value?.shape !== undefined && value.constant !== undefined ? [value.constant] : [],
  )
  return constants.length === node.inputs.filter((value) => value !== undefined).length
    ? constants
    : undefined
}

/** An axis counted from either end, as an index. */
export const axisIn = (node: OnnxNode, axis: number, rank: number): number => {
  const index = axis < 0 ? axis + rank : axis
  if (!Number.isInteger(index) || index < 0 || index >= rank)
    throw node.fail(`Axis ${axis} is outside a tensor of rank ${rank}.`)
  return index
}

/**
 * A vector operator over what it reads and writes. Operands that are constants of more than one element are its
 * parameters; a single constant is an immediate of the instruction.
 */
export const vectorLayer = (
  node: OnnxNode,
  function_: VectorOp["function"],
  inputs: readonly KnownValue[],
  outputs: readonly Shape[],
): LayerDraft => {
  const operands = inputs.filter((input) => elementsIn(input.shape) > 1 || input.constant === undefined)
  const sum = (values: readonly KnownValue[]) =>
    values.reduce((total, value) => total + elementsIn(value.shape), 0)
  return {
    id: node.id,
    op: {
      kind: "vector",
      function: function_,
      inputElements: sum(operands.filter((operand) => operand.constant === undefined)),
      outputElements: outputs.reduce((total, shape) => total + elementsIn(shape), 0),
      parameters: sum(operands.filter((operand) => operand.constant !== undefined)),
    },
  }
}
