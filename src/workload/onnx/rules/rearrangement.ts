/**
 * Operators that move or rename data and compute nothing: they become no layer, since engines fold them into how the
 * neighbouring layer addresses memory. Constants pass through, so that weights and shapes can be followed.
 */
import { intAttribute, intsAttribute } from "../attributes.ts"
import { reshapedConstant } from "../constant.ts"
import {
  broadcastConstant,
  concatenatedConstant,
  stridedConstant,
  transposedConstant,
} from "../constant-layout.ts"
import {
  axisIn,
  constantInputs,
  type Inferred,
  inputAt,
  knownInputs,
  numbersAt,
  type OnnxNode,
  type Rule,
  shapeAt,
} from "../node.ts"
import { broadcastShapes, elementsIn, formatShape, rowMajorStrides, type Shape } from "../shape.ts"
import { type KnownValue, known } from "../value.ts"

const renamed = (value: KnownValue, shape: Shape): Inferred => ({
  outputs: [known(shape, value.constant === undefined ? undefined : reshapedConstant(value.constant, shape))],
})

/** A list that newer operator sets take as an input and older ones as an attribute. */
export const listOf = (node: OnnxNode, attribute: string, index: number): readonly number[] | undefined =>
  intsAttribute(node, attribute) ?? numbersAt(node, index)

const required = (node: OnnxNode, name: string, list: readonly number[] | undefined): readonly number[] => {
  if (list === undefined) throw node.fail(`${node.opType} has no ${name}.`)
  return list
}

/** 0 copies the input's dimension (unless allowzero), one −1 takes what is left. */
export const reshape: Rule = (node) => {
  const target = required(node, "shape", listOf(node, "shape", 1))
  const copyZeros = intAttribute(node, "allowzero") !== 1
  const input = node.inputs[0]
  // Without 0 and −1 the target says it all, and an unknown input becomes known again.
  if (input?.shape === undefined && target.every((dim) => dim > 0)) return { outputs: [known(target)] }
  const value = inputAt(node, 0)
  const impossible = () =>
    node.fail(
      `Reshape of ${formatShape(value.shape)} to [${target.join(", ")}] is impossible.`,
      "If the file was exported for another batch or input size, give that one.",
    )
  const shape = target.map((dim, axis) => (dim === 0 && copyZeros ? (value.shape[axis] ?? NaN) : dim))
  const rest = elementsIn(shape.filter((dim) => dim !== -1))
  if (shape.filter((dim) => dim === -1).length > 1) throw impossible()
  const total = elementsIn(value.shape)
  const resolved = shape.map((dim) => (dim === -1 ? (total === 0 && rest === 0 ? 0 : total / rest) : dim))
  if (elementsIn(resolved) !== total || resolved.some((dim) => !Number.isInteger(dim) || dim < 0))
    throw impossible()
  return renamed(value, resolved)
}

export const flatten: Rule = (node) => {
  const value = inputAt(node, 0)
  const rank = value.shape.length
  const axis = intAttribute(node, "axis") ?? 1
  const at = axis < 0 ? axis + rank : axis
  if (at < 0 || at > rank) throw node.fail(`Axis ${axis} is outside a tensor of rank ${rank}.`)
  return renamed(value, [elementsIn(value.shape.slice(0, at)), elementsIn(value.shape.slice(at))])
}

export const squeeze: Rule = (node) => {
  const value = inputAt(node, 0)
  const { shape } = value
  const axes = listOf(node, "axes", 1)?.map((axis) => axisIn(node, axis, shape.length))
  const longer = axes?.find((axis) => shape[axis] !== 1)
  if (longer !== undefined)
    throw node.fail(
      `Squeeze removes dimension ${longer} of ${formatShape(shape)}, which is ${shape[longer]}, not 1.`,
    )
  return renamed(
    value,
    shape.filter((dim, axis) => (axes === undefined ? dim !== 1 : !axes.includes(axis))),
  )
}

export const unsqueeze: Rule = (node) => {
  const value = inputAt(node, 0)
  const list = required(node, "axes", listOf(node, "axes", 1))
  const rank = value.shape.length + list.length
  const axes = new Set(list.map((axis) => axisIn(node, axis, rank)))
  if (axes.size !== list.length) throw node.fail(`Unsqueeze names an axis twice: [${list.join(", ")}].`)
  const left = value.shape[Symbol.iterator]()
  return renamed(
    value,
    Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : (left.next().value ?? 1))),
  )
}

export const transpose: Rule = (node) => {
  const { shape, constant } = inputAt(node, 0)
  const permutation = intsAttribute(node, "perm") ?? shape.map((_, axis) => shape.length - 1 - axis)
  if (permutation.length !== shape.length || !shape.every((_, axis) => permutation.includes(axis)))
    throw node.fail(`perm [${permutation.join(", ")}] does not permute the axes of ${formatShape(shape)}.`)
  return {
    outputs: [
      known(
        permutation.map((axis) => shape[axis]),
        constant === undefined ? undefined : transposedConstant(constant, permutation),
      ),
    ],
  }
}

export const concat: Rule = (node) => {
  const values = knownInputs(node)
  if (values.length === 0) throw node.fail("Concat has no inputs.")
  const first = values[0].shape
  const axis = axisIn(node, intAttribute(node, "axis") ?? 1, first.length)
  for (const { shape } of values) {
    if (shape.length !== first.length || shape.some((dim, other) => other !== axis && dim !== first[other]))
      throw node.fail(
        `Concat along axis ${axis} joins ${formatShape(first)} and ${formatShape(shape)}; the other dimensions differ.`,
      )
  }
  const shape = first.map((dim, other) =>
    other === axis ? values.reduce((sum, value) => sum + value.shape[axis], 0) : dim,
  )
  const constants = constantInputs(node)
  return {
    outputs: [
      known(shape, constants === undefined ? undefined : concatenatedConstant(constants, axis, shape)),
    ],
  }
}

/** A part of a value along one axis. */
const section = (value: KnownValue, axis: number, start: number, length: number): KnownValue => {
  const shape = value.shape.map((dim, other) => (other === axis ? length : dim))
  if (value.constant === undefined) return known(shape)
  const strides = rowMajorStrides(value.shape)
  return known(shape, stridedConstant(value.constant, shape, strides, start * strides[axis]))
}

/** Explicit lengths, or equal parts of which the last may be smaller. */
export const split: Rule = (node) => {
  const value = inputAt(node, 0)
  const axis = axisIn(node, intAttribute(node, "axis") ?? 0, value.shape.length)
  const size = value.shape[axis]
  const parts = node.outputNames.length
  const declared = intAttribute(node, "num_outputs") ?? parts
  if (declared !== parts) throw node.fail(`Split has num_outputs ${declared}, but ${parts} outputs.`)
  const part = Math.ceil(size / parts)
  const lengths =
    listOf(node, "split", 1) ??
    Array.from({ length: parts }, (_, i) => Math.max(Math.min(part, size - i * part), 0))
  if (lengths.reduce((sum, length) => sum + length, 0) !== size || lengths.some((length) => length < 0))
    throw node.fail(
      `Split of ${size} along axis ${axis} into [${lengths.join(", ")}]: the parts do not add up.`,
    )
  let start = 0
  return {
    outputs: lengths.map((length) => {
      const value_ = section(value, axis, start, length)
      start += length
      return value_
    }),
  }
}

/** starts, ends, axes, steps: attributes before version 10, inputs since. Bounds are clamped as in numpy. */
export const slice: Rule = (node) => {
  const value = inputAt(node, 0)
  const { shape } = value
  const starts = required(node, "starts", listOf(node, "starts", 1))
  const ends = required(node, "ends", listOf(node, "ends", 2))
  const axes = listOf(node, "axes", 3) ?? starts.map((_, i) => i)
  const steps = numbersAt(node, 4) ?? starts.map(() => 1)
  if ([ends, axes, steps].some((list) => list.length !== starts.length))
    throw node.fail("Slice has starts, ends, axes and steps of different lengths.")
  const strides = [...rowMajorStrides(shape)]
  const result = [...shape]
  let offset = 0
  for (const [i, given] of axes.entries()) {
    const axis = axisIn(node, given, shape.length)
    const size = shape[axis]
    const step = steps[i]
    if (step === 0) throw node.fail("Slice has a step of 0.")
    const fromEnd = (bound: number) => (bound < 0 ? bound + size : bound)
    const clamp = (bound: number, least: number, most: number) => Math.min(Math.max(bound, least), most)
    const start = step > 0 ? clamp(fromEnd(starts[i]), 0, size) : clamp(fromEnd(starts[i]), 0, size - 1)
    const end = step > 0 ? clamp(fromEnd(ends[i]), 0, size) : clamp(fromEnd(ends[i]), -1, size - 1)
    result[axis] = Math.max(Math.ceil((end - start) / step), 0)
    offset += start * strides[axis]
    strides[axis] *= step
  }
  return {
    outputs: [
      known(
        result,
        value.constant === undefined ? undefined : stridedConstant(value.constant, result, strides, offset),
      ),
    ],
  }
}

export const expand: Rule = (node) => {
  const value = inputAt(node, 0)
  const target = required(node, "shape", numbersAt(node, 1))
  const shape = broadcastShapes([value.shape, target])
  if (shape === undefined)
    throw node.fail(`Expand of ${formatShape(value.shape)} to [${target.join(", ")}] is impossible.`)
  return {
    outputs: [
      known(shape, value.constant === undefined ? undefined : broadcastConstant(value.constant, shape)),
    ],
  }
}

export const tile: Rule = (node) => {
  const { shape } = inputAt(node, 0)
  const repeats = required(node, "repeats", numbersAt(node, 1))
  if (repeats.length !== shape.length)
    throw node.fail(`Tile has ${repeats.length} repeats for a tensor of rank ${shape.length}.`)
  return { outputs: [known(shape.map((dim, axis) => dim * repeats[axis]))] }
}

/** pads [begin..., end...] for all axes or those in input 3; negative pads crop. */
export const pad: Rule = (node) => {
  const { shape } = inputAt(node, 0)
  const pads = required(
    node,
    "pads",
    intsAttribute(node, "pads") ?? intsAttribute(node, "paddings") ?? numbersAt(node, 1),
  )
  const axes = (numbersAt(node, 3) ?? shape.map((_, axis) => axis)).map((axis) =>
    axisIn(node, axis, shape.length),
  )
  if (pads.length !== 2 * axes.length)
    throw node.fail(`Pad has ${pads.length} pads for ${axes.length} axes; expected ${2 * axes.length}.`)
  const result = [...shape]
  for (const [i, axis] of axes.entries()) result[axis] += pads[i] + pads[i + axes.length]
  if (result.some((dim) => dim < 0))
    throw node.fail(`Pad of ${formatShape(shape)} by [${pads.join(", ")}] leaves a negative size.`)
  return { outputs: [known(result)] }
}

const blockSize = (node: OnnxNode): number => {
  const size = intAttribute(node, "blocksize") ?? 0
  if (size < 1) throw node.fail(`${node.opType} has a blocksize of ${size}.`)
  return size
}

export const depthToSpace: Rule = (node) => {
  const [n, c, h, w] = shapeAt(node, 0)
  const size = blockSize(node)
  if (w === undefined || c % size ** 2 !== 0)
    throw node.fail(`DepthToSpace with blocks of ${size} cannot take ${formatShape(shapeAt(node, 0))}.`)
  return { outputs: [known([n, c / size ** 2, h * size, w * size])] }
}

export const spaceToDepth: Rule = (node) => {
  const [n, c, h, w] = shapeAt(node, 0)
  const size = blockSize(node)
  if (w === undefined || h % size !== 0 || w % size !== 0)
    throw node.fail(`SpaceToDepth with blocks of ${size} cannot take ${formatShape(shapeAt(node, 0))}.`)
  return { outputs: [known([n, c * size ** 2, h / size, w / size])] }
}
