/** From a stored tensor to a constant: every size is checked when the file is read, elements are decoded when asked for. */
import type { SparseTensorProto, TensorProto } from "onnx-buf"
import type { WorkloadError } from "../../../arch/errors.ts"
import type { Constant } from "./constant.ts"
import { allocateElements, codecOf, elementTypeOf, type ElementType, type Elements } from "./element-type.ts"
import { elementsIn, formatShape, type Shape } from "./shape.ts"

/** Bytes that live in files beside the model. */
export interface ExternalData {
  /** Checks that the bytes exist now; throws WorkloadError. */
  readonly check: (path: string, location: string, offset: number, length: number) => void
  readonly read: (path: string, location: string, offset: number, length: number) => Uint8Array
}

export interface TensorSource {
  /** Where the tensor is: `graph.initializer[3] "conv1.weight"`. */
  readonly path: string
  readonly fail: (message: string, remedy?: string) => WorkloadError
  readonly external: ExternalData
}

/** `TensorProto.DataLocation.EXTERNAL`. */
const external = 1

const shapeOf = (dims: readonly bigint[], fail: TensorSource["fail"]): Shape => {
  const shape = dims.map(Number)
  if (shape.some((dim) => dim < 0) || !Number.isSafeInteger(elementsIn(shape)))
    throw fail(`A tensor has the shape ${formatShape(shape)}, which is not a shape.`)
  return shape
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const decodeRaw = (type: ElementType, count: number, bytes: Uint8Array): Elements => {
  const elements = allocateElements(type, count)
  const read = codecOf(type)?.read
  if (read === undefined) return elements
  const view = viewOf(bytes)
  for (let i = 0; i < count; i += 1) elements[i] = read(view, i)
  return elements
}

/** The typed field that holds a type when raw_data is not used. Source: comments of `TensorProto` in onnx.proto. */
const typedField = (tensor: TensorProto, type: ElementType): readonly (number | bigint)[] => {
  switch (type) {
    case "float32":
      return tensor.floatData
    case "float64":
      return tensor.doubleData
    case "int64":
      return tensor.int64Data
    case "uint32":
    case "uint64":
      return tensor.uint64Data
    default:
      return tensor.int32Data
  }
}

/** An int32_data entry holds the bits of a small type, not always its value: sign-extended or float bit patterns. */
const decodeTyped = (type: ElementType, count: number, field: readonly (number | bigint)[]): Elements => {
  const elements = allocateElements(type, count)
  const codec = codecOf(type)
  if (codec === undefined) return elements
  const wide = codec.bits >= 32
  const bytes = new DataView(new ArrayBuffer(4))
  const perEntry = codec.bits === 4 ? 2 : 1
  for (let i = 0; i < count; i += 1) {
    const entry = Number(field[Math.floor(i / perEntry)])
    if (wide) elements[i] = entry
    else {
      bytes.setInt32(0, entry, true)
      elements[i] = codec.read(bytes, i % perEntry)
    }
  }
  return elements
}

const wholeNumber = (source: TensorSource, key: string, text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0)
    throw source.fail(`External data has ${key} "${text}", expected a whole number of bytes.`)
  return value
}

const externalLoader = (
  tensor: TensorProto,
  source: TensorSource,
  byteLength: number,
): (() => Uint8Array) => {
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]))
  const location = entries.get("location")
  if (location === undefined || location === "")
    throw source.fail("The tensor says its data is external but gives no location.")
  const offset = wholeNumber(source, "offset", entries.get("offset") ?? "0")
  const length = wholeNumber(source, "length", entries.get("length") ?? String(byteLength))
  if (length !== byteLength)
    throw source.fail(
      `External data has length ${length}, but the shape and type of the tensor need ${byteLength} bytes.`,
    )
  source.external.check(source.path, location, offset, length)
  return () => source.external.read(source.path, location, offset, length)
}

/** Throws WorkloadError when the type is unknown or the stored data does not fit the shape. */
export const constantFromTensor = (tensor: TensorProto, source: TensorSource): Constant => {
  const type = elementTypeOf(tensor.dataType)
  if (type === undefined)
    throw source.fail(`A tensor has data type ${tensor.dataType}, which is not an ONNX data type.`)
  const shape = shapeOf(tensor.dims, source.fail)
  const count = elementsIn(shape)
  const codec = codecOf(type)
  if (codec === undefined)
    return {
      shape,
      type,
      work: count,
      load: () => {
        throw source.fail(
          `Elements of type ${type} are not read.`,
          "Store the tensor as float32, float16, bfloat16 or an integer type.",
        )
      },
    }
  const byteLength = Math.ceil((count * codec.bits) / 8)
  const place: number = tensor.dataLocation
  if (place === external) {
    const load = externalLoader(tensor, source, byteLength)
    return { shape, type, work: count, load: () => decodeRaw(type, count, load()) }
  }
  const raw = tensor.rawData
  const field = typedField(tensor, type)
  if (raw.length > 0 || field.length === 0) {
    if (raw.length !== byteLength)
      throw source.fail(
        `A ${type} tensor of shape ${formatShape(shape)} needs ${byteLength} bytes of data, found ${raw.length}.`,
        "The file is damaged or its external data was not saved with it; export the model again.",
      )
    return { shape, type, work: count, load: () => decodeRaw(type, count, raw) }
  }
  const entries = codec.bits === 4 ? Math.ceil(count / 2) : count
  if (field.length !== entries)
    throw source.fail(
      `A ${type} tensor of shape ${formatShape(shape)} needs ${entries} entries of data, found ${field.length}.`,
    )
  return { shape, type, work: count, load: () => decodeTyped(type, count, field) }
}

/**
 * A sparse initialiser as a dense constant. `values` has shape [NNZ]; `indices` has [NNZ] linear positions or
 * [NNZ, rank] coordinates.
 */
export const constantFromSparseTensor = (sparse: SparseTensorProto, source: TensorSource): Constant => {
  const shape = shapeOf(sparse.dims, source.fail)
  if (sparse.values === undefined || sparse.indices === undefined)
    throw source.fail("A sparse tensor needs both values and indices.")
  const values = constantFromTensor(sparse.values, source)
  const indices = constantFromTensor(sparse.indices, source)
  const nonZeros = elementsIn(values.shape)
  const rank = indices.shape.length === 2 ? shape.length : 1
  if (elementsIn(indices.shape) !== nonZeros * rank)
    throw source.fail(
      `A sparse tensor has ${nonZeros} values, but indices of shape ${formatShape(indices.shape)}.`,
    )
  const count = elementsIn(shape)
  return {
    shape,
    type: values.type,
    work: count + nonZeros,
    load: () => {
      const dense = allocateElements(values.type, count)
      const where = indices.load()
      for (const [i, value] of values.load().entries()) {
        let at = 0
        if (rank === 1) at = where[i]
        else for (let axis = 0; axis < rank; axis += 1) at = at * shape[axis] + where[i * rank + axis]
        if (!(at >= 0 && at < count))
          throw source.fail(
            `A sparse tensor of shape ${formatShape(shape)} has a value at position ${at}, outside it.`,
          )
        dense[at] = value
      }
      return dense
    },
  }
}
