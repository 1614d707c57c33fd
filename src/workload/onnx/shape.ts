/** Tensor shapes of an ONNX graph: outermost dimension first, every dimension known. */

export type Shape = readonly number[]

export const elementsIn = (shape: Shape): number => shape.reduce((product, dim) => product * dim, 1)

/** "1×3×640×640"; "scalar" for rank 0. */
export const formatShape = (shape: Shape): string => (shape.length === 0 ? "scalar" : shape.join("×"))

/** Numpy broadcasting (ONNX "Multidirectional Broadcasting"); undefined when two dimensions differ and neither is 1. */
export const broadcastShapes = (shapes: readonly Shape[]): Shape | undefined => {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length))
  const result = Array.from({ length: rank }, () => 1)
  for (const shape of shapes) {
    for (const [i, dim] of shape.entries()) {
      const at = rank - shape.length + i
      if (dim === 1 || dim === result[at]) continue
      if (result[at] !== 1) return undefined
      result[at] = dim
    }
  }
  return result
}

/** Elements to skip for one step along each axis of a densely packed tensor. */
export const rowMajorStrides = (shape: Shape): readonly number[] => {
  const strides = Array.from({ length: shape.length }, () => 1)
  for (let axis = shape.length - 2; axis >= 0; axis -= 1) strides[axis] = strides[axis + 1] * shape[axis + 1]
  return strides
}

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((dim, axis) => dim === b[axis])
