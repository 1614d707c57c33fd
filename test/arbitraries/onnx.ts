/** Small ONNX models built in memory, for tests of the reader. */
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf"
import {
  AttributeProto_AttributeType as Type,
  AttributeProtoSchema,
  type FunctionProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  TensorProto_DataType as DataType,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProtoSchema,
} from "onnx-buf"
import type { Layer } from "../../dataflows/network.ts"
import type { InputOptions } from "../../src/workload/onnx/graph-inputs.ts"
import { networkFromModel } from "../../src/workload/onnx/network-from-model.ts"

export { DataType }

/** Whole numbers are INT, lists of them INTS; real numbers are given as `{ float }` or `{ floats }`. */
export type AttributeValue =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | TensorProto
  | GraphProto

type AttributeInit = MessageInitShape<typeof AttributeProtoSchema>

const attribute = (name: string, value: AttributeValue): AttributeInit => {
  if (typeof value === "number") return { name, type: Type.INT, i: BigInt(value) }
  if (typeof value === "string") return { name, type: Type.STRING, s: new TextEncoder().encode(value) }
  if ("float" in value) return { name, type: Type.FLOAT, f: value.float }
  if ("floats" in value) return { name, type: Type.FLOATS, floats: [...value.floats] }
  if ("$typeName" in value)
    return value.$typeName === "onnx.TensorProto"
      ? { name, type: Type.TENSOR, t: value }
      : { name, type: Type.GRAPH, g: value }
  return { name, type: Type.INTS, ints: value.map(BigInt) }
}

export interface NodeOptions {
  readonly name?: string
  readonly domain?: string
  readonly attributes?: Readonly<Record<string, AttributeValue>> | undefined
}

/** `inputs` and `outputs` are names separated by spaces; "_" leaves an optional input out. */
export const node = (
  opType: string,
  inputs: string,
  outputs: string,
  { name = "", domain = "", attributes = {} }: NodeOptions = {},
): NodeProto =>
  create(NodeProtoSchema, {
    opType,
    name,
    domain,
    input: inputs === "" ? [] : inputs.split(" ").map((input) => (input === "_" ? "" : input)),
    output: outputs.split(" "),
    attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
  })

/** The node with an attribute that takes its value from an argument of the function it is in. */
export const withReference = (plain: NodeProto, attributeName: string, argument: string): NodeProto => {
  plain.attribute.push(create(AttributeProtoSchema, { name: attributeName, refAttrName: argument }))
  return plain
}

/** A float32 tensor in raw_data. Without values: 0, 1, 2, … */
export const floats = (name: string, dims: readonly number[], values?: readonly number[]): TensorProto => {
  const count = dims.reduce((product, dim) => product * dim, 1)
  const data = Float32Array.from(values ?? Array.from({ length: count }, (_, i) => i))
  return create(TensorProtoSchema, {
    name,
    dims: dims.map(BigInt),
    dataType: DataType.FLOAT,
    rawData: new Uint8Array(data.buffer),
  })
}

/** A one-dimensional int64 tensor. */
export const ints = (name: string, values: readonly number[]): TensorProto =>
  create(TensorProtoSchema, {
    name,
    dims: [BigInt(values.length)],
    dataType: DataType.INT64,
    int64Data: values.map(BigInt),
  })

export const intScalar = (name: string, value: number): TensorProto =>
  create(TensorProtoSchema, { name, dataType: DataType.INT64, int64Data: [BigInt(value)] })

export const raw = (
  name: string,
  dims: readonly number[],
  dataType: DataType,
  rawData: Uint8Array<ArrayBuffer>,
): TensorProto => create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType, rawData })

/** Dimensions of an input or output: numbers are fixed, texts symbolic, null says nothing. */
export type Dims = readonly (number | string | null)[]

const valueInfo = (
  name: string,
  dims: Dims,
  elemType: number,
): MessageInitShape<typeof ValueInfoProtoSchema> => ({
  name,
  type: {
    value: {
      case: "tensorType",
      value: {
        elemType,
        shape: {
          dim: dims.map((dim) =>
            dim === null
              ? {}
              : typeof dim === "string"
                ? { value: { case: "dimParam", value: dim } }
                : { value: { case: "dimValue", value: BigInt(dim) } },
          ),
        },
      },
    },
  },
})

export interface GraphParts {
  readonly inputs?: Readonly<Record<string, Dims>>
  /** Types of inputs that are not float32. */
  readonly inputTypes?: Readonly<Record<string, DataType>>
  readonly outputs?: Readonly<Record<string, Dims>>
  readonly declared?: Readonly<Record<string, Dims>>
  readonly nodes: readonly NodeProto[]
  readonly initialisers?: readonly TensorProto[]
}

export const graph = (parts: GraphParts): GraphProto =>
  create(GraphProtoSchema, {
    name: "g",
    node: [...parts.nodes],
    initializer: [...(parts.initialisers ?? [])],
    input: Object.entries(parts.inputs ?? {}).map(([name, dims]) =>
      valueInfo(name, dims, parts.inputTypes?.[name] ?? DataType.FLOAT),
    ),
    output: Object.entries(parts.outputs ?? {}).map(([name, dims]) => valueInfo(name, dims, DataType.FLOAT)),
    valueInfo: Object.entries(parts.declared ?? {}).map(([name, dims]) =>
      valueInfo(name, dims, DataType.FLOAT),
    ),
  })

export interface ModelParts extends GraphParts {
  readonly opset?: number
  readonly functions?: readonly MessageInitShape<typeof FunctionProtoSchema>[]
}

export const model = (parts: ModelParts): ModelProto =>
  create(ModelProtoSchema, {
    irVersion: 10n,
    opsetImport: [{ domain: "", version: BigInt(parts.opset ?? 21) }],
    graph: graph(parts),
    functions: [...(parts.functions ?? [])],
  })

export const modelBytes = (parts: ModelParts): Uint8Array<ArrayBuffer> =>
  toBinary(ModelProtoSchema, model(parts))

/** Reads a model built here. */
export const read = (parts: ModelParts, options: InputOptions = {}) =>
  networkFromModel(model(parts), { ...options, file: "test.onnx" })

/** Shapes of the outputs of one node, by its output names; inputs are float32 of the given shapes. */
export const shapesOf = (
  single: NodeProto,
  inputs: Readonly<Record<string, readonly number[]>>,
  rest: { readonly initialisers?: readonly TensorProto[]; readonly opset?: number } = {},
): readonly (readonly number[] | undefined)[] => {
  const names = single.output
  const { outputs } = read({
    ...rest,
    inputs,
    outputs: Object.fromEntries(names.map((name) => [name, []])),
    nodes: [single],
  })
  return names.map((name) => outputs.get(name))
}

export const layerCalled = (layers: readonly Layer[], id: string): Layer => {
  const found = layers.find((layer) => layer.id === id)
  if (found === undefined)
    throw new Error(`no layer "${id}" among ${layers.map((layer) => layer.id).join(", ")}`)
  return found
}
