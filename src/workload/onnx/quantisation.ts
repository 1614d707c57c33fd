/**
 * Quantised tensors and back. Scale and zero point are one number, one for each index of `axis`, or one for each block
 * of `axis` (then of the tensor's rank). Source: ONNX QuantizeLinear-21, DequantizeLinear-21.
 */
import { type Constant, derivedConstant } from "./constant.ts"
import { unaryFunctions } from "./constant-arithmetic.ts"
import { allocateElements, type ElementType } from "./element-type.ts"
import type { OnnxNode } from "./node.ts"
import { elementsIn, formatShape } from "./shape.ts"

export interface Quantisation {
  /** Missing (ConvInteger, MatMulInteger) means 1. */
  readonly scale: Constant | undefined
  /** Missing means 0. */
  readonly zeroPoint: Constant | undefined
  readonly axis: number
  /** 0: not in blocks. */
  readonly blockSize: number
}

/** Which scale belongs to element `i`, for scales that are not one for all. */
const scaleIndex = (node: OnnxNode, tensor: Constant, by: Quantisation): ((i: number) => number) => {
  const { shape } = tensor
  const { axis, blockSize } = by
  const length = shape[axis] ?? 1
  const inner = elementsIn(shape.slice(axis + 1))
  const blocks = blockSize > 0 ? Math.ceil(length / blockSize) : length
  const expected = blockSize > 0 ? (elementsIn(shape) / length) * blocks : length
  for (const parameter of [by.scale, by.zeroPoint]) {
    const count = parameter === undefined ? 1 : elementsIn(parameter.shape)
    if (count !== 1 && count !== expected)
      throw node.fail(
        `A quantised tensor of shape ${formatShape(shape)} has ${count} scales or zero points; expected 1 or ${expected}.`,
      )
  }
  if (blockSize === 0) return (i) => Math.floor(i / inner) % length
  return (i) => {
    const block = Math.floor((Math.floor(i / inner) % length) / blockSize)
    return (Math.floor(i / (inner * length)) * blocks + block) * inner + (i % inner)
  }
}

const inputsOf = (tensor: Constant, { scale, zeroPoint }: Quantisation): readonly Constant[] =>
  [tensor, scale, zeroPoint].filter((input) => input !== undefined)

/** (q − zero point) · scale, as float32. */
export const dequantised = (node: OnnxNode, quantised: Constant, by: Quantisation): Constant | undefined => {
  const indexOf = scaleIndex(node, quantised, by)
  return derivedConstant("float32", quantised.shape, inputsOf(quantised, by), () => {
    const q = quantised.load()
    const scales = by.scale?.load() ?? [1]
    const zeroPoints = by.zeroPoint?.load() ?? [0]
    const result = new Float32Array(q.length)
    for (let i = 0; i < q.length; i += 1) {
      const group = indexOf(i)
      const zero = zeroPoints[zeroPoints.length === 1 ? 0 : group]
      result[i] = (q[i] - zero) * scales[scales.length === 1 ? 0 : group]
    }
    return result
  })
}

const ranges: Readonly<Partial<Record<ElementType, readonly [least: number, most: number]>>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65_535],
  int16: [-32_768, 32_767],
  uint4: [0, 15],
  int4: [-8, 7],
}

/** saturate(round(x / scale) + zero point), half to even; the zero point's type is the result's, uint8 without one. */
export const quantised = (node: OnnxNode, real: Constant, by: Quantisation): Constant | undefined => {
  const type = by.zeroPoint?.type ?? "uint8"
  const range = ranges[type]
  const round = unaryFunctions.Round
  if (range === undefined) return undefined
  const indexOf = scaleIndex(node, real, by)
  return derivedConstant(type, real.shape, inputsOf(real, by), () => {
    const x = real.load()
    const scales = by.scale?.load() ?? [1]
    const zeroPoints = by.zeroPoint?.load() ?? [0]
    const result = allocateElements(type, x.length)
    for (let i = 0; i < x.length; i += 1) {
      const group = indexOf(i)
      const q =
        round(x[i] / scales[scales.length === 1 ? 0 : group]) +
        zeroPoints[zeroPoints.length === 1 ? 0 : group]
      result[i] = Math.min(Math.max(q, range[0]), range[1])
    }
    return result
  })
}
