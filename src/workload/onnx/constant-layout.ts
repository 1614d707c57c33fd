/** Rearranging constants: transpose, slice, broadcast, concatenate, gather. Data moves only when a result is loaded. */
import { type Constant, derivedConstant } from "./constant.ts"
import { allocateElements } from "./element-type.ts"
import { elementsIn, rowMajorStrides, type Shape } from "./shape.ts"

/**
 * The constant read with other steps: element [i₀, i₁, …] of the result is element `offset + Σ iₐ·strides[a]` of the
 * source, both counted in row-major order. Transposes, slices and broadcasts are all of this kind.
 */
export const stridedConstant = (
  source: Constant,
  shape: Shape,
  strides: readonly number[],
  offset: number,
): Constant | undefined =>
  derivedConstant(source.type, shape, [source], () => {
    const from = source.load()
    const count = elementsIn(shape)
    const result = allocateElements(source.type, count)
    const last = shape.length - 1
    const inner = last < 0 ? 1 : shape[last]
    const step = last < 0 ? 0 : strides[last]
    const index = Array.from({ length: Math.max(last, 0) }, () => 0)
    let start = offset
    for (let written = 0; written < count; written += inner) {
      for (let i = 0; i < inner; i += 1) result[written + i] = from[start + i * step]
      for (let axis = last - 1; axis >= 0; axis -= 1) {
        index[axis] += 1
        start += strides[axis]
        if (index[axis] < shape[axis]) break
        start -= shape[axis] * strides[axis]
        index[axis] = 0
      }
    }
    return result
  })

export const transposedConstant = (
  source: Constant,
  permutation: readonly number[],
): Constant | undefined => {
  const strides = rowMajorStrides(source.shape)
  return stridedConstant(
    source,
    permutation.map((axis) => source.shape[axis]),
    permutation.map((axis) => strides[axis]),
    0,
  )
}

/** `shape` is what `source.shape` broadcasts to. */
export const broadcastConstant = (source: Constant, shape: Shape): Constant | undefined => {
  const strides = rowMajorStrides(source.shape)
  const added = shape.length - source.shape.length
  return stridedConstant(
    source,
    shape,
    shape.map((_, axis) => (axis < added || source.shape[axis - added] === 1 ? 0 : strides[axis - added])),
    0,
  )
}

/** Matrix number `index` of a constant of shape [..., rows, columns]. */
export const matrixOf = (source: Constant, index: number): Constant | undefined => {
  const [rows, columns] = source.shape.slice(-2)
  return stridedConstant(source, [rows, columns], [columns, 1], index * rows * columns)
}

/** Tensors of equal shape but for `axis`, one after the other. */
export const concatenatedConstant = (
  sources: readonly Constant[],
  axis: number,
  shape: Shape,
): Constant | undefined =>
  derivedConstant(sources[0].type, shape, sources, () => {
    const result = allocateElements(sources[0].type, elementsIn(shape))
    const outer = elementsIn(shape.slice(0, axis))
    const row = elementsIn(shape.slice(axis))
    let column = 0
    for (const source of sources) {
      const from = source.load()
      const width = elementsIn(source.shape.slice(axis))
      for (let i = 0; i < outer; i += 1)
        result.set(from.subarray(i * width, (i + 1) * width), i * row + column)
      column += width
    }
    return result
  })

/** ONNX Gather: slices of `data` along `axis` at `indices`; negative indices count from the end. */
export const gatheredConstant = (
  data: Constant,
  indices: Constant,
  axis: number,
  shape: Shape,
): Constant | undefined =>
  derivedConstant(data.type, shape, [data, indices], () => {
    const from = data.load()
    const where = indices.load()
    const result = allocateElements(data.type, elementsIn(shape))
    const outer = elementsIn(data.shape.slice(0, axis))
    const inner = elementsIn(data.shape.slice(axis + 1))
    const length = data.shape[axis]
    let to = 0
    for (let i = 0; i < outer; i += 1) {
      for (const index of where) {
        const start = (i * length + (index < 0 ? index + length : index)) * inner
        result.set(from.subarray(start, start + inner), to)
        to += inner
      }
    }
    return result
  })
