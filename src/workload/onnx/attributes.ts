/** Attributes of a node, checked for their type when read. */
import type { AttributeProto, GraphProto, TensorProto } from "onnx-buf"
import type { OnnxNode } from "./node.ts"

/** Position is the number in `AttributeProto.AttributeType`. Files of IR version 1 write no type: 0 fits everything. */
const typeNames = [
  "",
  "float",
  "int",
  "string",
  "tensor",
  "graph",
  "floats",
  "ints",
  "strings",
  "tensors",
  "graphs",
] as const
type TypeName = (typeof typeNames)[number]

const attribute = (node: OnnxNode, name: string, expected: TypeName): AttributeProto | undefined => {
  const found = node.attributes.get(name)
  if (found === undefined) return undefined
  const number: number = found.type
  const type = typeNames.find((_, index) => index === number) ?? "another type"
  if (type !== "" && type !== expected)
    throw node.fail(`Attribute ${name} of ${node.opType} should be of type ${expected}, found ${type}.`)
  return found
}

export const intAttribute = (node: OnnxNode, name: string): number | undefined => {
  const found = attribute(node, name, "int")
  return found === undefined ? undefined : Number(found.i)
}

export const intsAttribute = (node: OnnxNode, name: string): readonly number[] | undefined =>
  attribute(node, name, "ints")?.ints.map(Number)

export const floatAttribute = (node: OnnxNode, name: string): number | undefined =>
  attribute(node, name, "float")?.f

export const floatsAttribute = (node: OnnxNode, name: string): readonly number[] | undefined =>
  attribute(node, name, "floats")?.floats

export const stringAttribute = (node: OnnxNode, name: string): string | undefined => {
  const found = attribute(node, name, "string")
  return found === undefined ? undefined : new TextDecoder().decode(found.s)
}

export const tensorAttribute = (node: OnnxNode, name: string): TensorProto | undefined =>
  attribute(node, name, "tensor")?.t

export const graphAttribute = (node: OnnxNode, name: string): GraphProto => {
  const graph = attribute(node, name, "graph")?.g
  if (graph === undefined) throw node.fail(`${node.opType} has no ${name}.`)
  return graph
}
