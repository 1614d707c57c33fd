/** Element types of ONNX tensors and how their bytes become numbers. */

export type ElementType =
  | "float32"
  | "uint8"
  | "int8"
  | "uint16"
  | "int16"
  | "int32"
  | "int64"
  | "string"
  | "bool"
  | "float16"
  | "float64"
  | "uint32"
  | "uint64"
  | "complex64"
  | "complex128"
  | "bfloat16"
  | "float8e4m3fn"
  | "float8e4m3fnuz"
  | "float8e5m2"
  | "float8e5m2fnuz"
  | "uint4"
  | "int4"
  | "float4e2m1"
  | "float8e8m0"
  | "uint2"
  | "int2"

/** Position is the number in `TensorProto.DataType`; 0 is UNDEFINED. Source: onnx.proto 1.20. */
const byNumber: readonly (ElementType | undefined)[] = [
  undefined,
  "float32",
  "uint8",
  "int8",
  "uint16",
  "int16",
  "int32",
  "int64",
  "string",
  "bool",
  "float16",
  "float64",
  "uint32",
  "uint64",
  "complex64",
  "complex128",
  "bfloat16",
  "float8e4m3fn",
  "float8e4m3fnuz",
  "float8e5m2",
  "float8e5m2fnuz",
  "uint4",
  "int4",
  "float4e2m1",
  "float8e8m0",
  "uint2",
  "int2",
]

export const elementTypeOf = (dataType: number): ElementType | undefined => byNumber[dataType]

/**
 * Numbers of a tensor in row-major order. 64-bit integers are kept as float64: exact to 2^53, and the huge "to the end"
 * bounds of Slice stay huge.
 */
export type Elements =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array

interface Codec {
  readonly bits: number
  readonly integer: boolean
  readonly allocate: (count: number) => Elements
  /** One element of little-endian raw data; `index` counts elements. */
  readonly read: (bytes: DataView, index: number) => number
}

const nibble = (bytes: DataView, index: number): number =>
  (bytes.getUint8(index >> 1) >> (index % 2 === 0 ? 0 : 4)) & 0xf

const scratch = new DataView(new ArrayBuffer(4))

/** IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
export const float16Value = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** bfloat16: the upper half of a binary32. */
export const bfloat16Value = (bits: number): number => {
  scratch.setUint32(0, bits * 0x1_0000)
  return scratch.getFloat32(0)
}

const float32s = (count: number): Elements => new Float32Array(count)
const float64s = (count: number): Elements => new Float64Array(count)
const int8s = (count: number): Elements => new Int8Array(count)
const uint8s = (count: number): Elements => new Uint8Array(count)

const codecs: Readonly<Partial<Record<ElementType, Codec>>> = {
  float32: { bits: 32, integer: false, allocate: float32s, read: (b, i) => b.getFloat32(i * 4, true) },
  float64: { bits: 64, integer: false, allocate: float64s, read: (b, i) => b.getFloat64(i * 8, true) },
  float16: {
    bits: 16,
    integer: false,
    allocate: float32s,
    read: (b, i) => float16Value(b.getUint16(i * 2, true)),
  },
  bfloat16: {
    bits: 16,
    integer: false,
    allocate: float32s,
    read: (b, i) => bfloat16Value(b.getUint16(i * 2, true)),
  },
  int8: { bits: 8, integer: true, allocate: int8s, read: (b, i) => b.getInt8(i) },
  uint8: { bits: 8, integer: true, allocate: uint8s, read: (b, i) => b.getUint8(i) },
  bool: { bits: 8, integer: true, allocate: uint8s, read: (b, i) => (b.getUint8(i) === 0 ? 0 : 1) },
  int16: {
    bits: 16,
    integer: true,
    allocate: (n) => new Int16Array(n),
    read: (b, i) => b.getInt16(i * 2, true),
  },
  uint16: {
    bits: 16,
    integer: true,
    allocate: (n) => new Uint16Array(n),
    read: (b, i) => b.getUint16(i * 2, true),
  },
  int32: {
    bits: 32,
    integer: true,
    allocate: (n) => new Int32Array(n),
    read: (b, i) => b.getInt32(i * 4, true),
  },
  uint32: {
    bits: 32,
    integer: true,
    allocate: (n) => new Uint32Array(n),
    read: (b, i) => b.getUint32(i * 4, true),
  },
  int64: {
    bits: 64,
    integer: true,
    allocate: float64s,
    read: (b, i) => Number(b.getBigInt64(i * 8, true)),
  },
  uint64: {
    bits: 64,
    integer: true,
    allocate: float64s,
    read: (b, i) => Number(b.getBigUint64(i * 8, true)),
  },
  // Two to a byte, the first in the low half.
  uint4: { bits: 4, integer: true, allocate: uint8s, read: nibble },
  int4: { bits: 4, integer: true, allocate: int8s, read: (b, i) => (nibble(b, i) << 28) >> 28 },
}

/** How to decode a type; undefined for types whose elements are not read (strings, complex, 8-bit floats). */
export const codecOf = (type: ElementType): Codec | undefined => codecs[type]

export const isInteger = (type: ElementType): boolean => codecs[type]?.integer ?? false

/** An array that holds elements of `type`. Types without a codec are never computed, so float32 stands in. */
export const allocateElements = (type: ElementType, count: number): Elements =>
  (codecs[type]?.allocate ?? float32s)(count)
