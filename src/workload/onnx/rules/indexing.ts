/** Gather, Scatter and their relatives, and operators that make indices. */
import { intAttribute } from "../attributes.ts"
import { gatheredConstant } from "../constant-layout.ts"
import { axisIn, inputAt, numbersAt, type Rule, shapeAt, shapeOfRank, vectorLayer } from "../node.ts"
import { elementsIn, formatShape } from "../shape.ts"
import { known, NotFixedByFile } from "../value.ts"

/** Slices of `data` along one axis. Rows of a stored table by computed indices are an embedding. */
export const gather: Rule = (node) => {
  const data = inputAt(node, 0)
  const indices = inputAt(node, 1)
  const axis = axisIn(node, intAttribute(node, "axis") ?? 0, data.shape.length)
  const shape = [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)]
  if (data.constant !== undefined && indices.constant !== undefined) {
    const size = data.shape[axis]
    // Index lists are small; a bad one would otherwise turn up as a strange shape far away.
    const outside =
      elementsIn(indices.shape) > 4096
        ? undefined
        : Array.from(indices.constant.load()).find((index) => index < -size || index >= size)
    if (outside !== undefined)
      throw node.fail(`Gather takes index ${outside} of dimension ${axis} of ${formatShape(data.shape)}.`)
    return { outputs: [known(shape, gatheredConstant(data.constant, indices.constant, axis, shape))] }
  }
  if (data.constant === undefined) return { outputs: [known(shape)] }
  return {
    outputs: [known(shape)],
    layers: [
      {
        id: node.id,
        op: {
          kind: "vector",
          function: "embedding",
          inputElements: elementsIn(indices.shape) + elementsIn(shape),
          outputElements: elementsIn(shape),
          parameters: elementsIn(data.shape),
        },
      },
    ],
  }
}

export const gatherElements: Rule = (node) => ({ outputs: [known(shapeAt(node, 1))] })

export const gatherNd: Rule = (node) => {
  const data = shapeAt(node, 0)
  const indices = shapeOfRank(node, 1, 1)
  const batch = intAttribute(node, "batch_dims") ?? 0
  const depth = indices[indices.length - 1]
  if (batch + depth > data.length)
    throw node.fail(`GatherND indexes ${batch + depth} dimensions of ${formatShape(data)}.`)
  return { outputs: [known([...indices.slice(0, -1), ...data.slice(batch + depth)])] }
}

/** A copy of input 0 with some elements replaced. */
export const scatter: Rule = (node) => ({ outputs: [known(shapeAt(node, 0))] })

export const argMax: Rule = (node) => {
  const x = inputAt(node, 0)
  const axis = axisIn(node, intAttribute(node, "axis") ?? 0, x.shape.length)
  const keep = (intAttribute(node, "keepdims") ?? 1) === 1
  const shape = x.shape.flatMap((dim, other) => (other !== axis ? [dim] : keep ? [1] : []))
  return { outputs: [known(shape)], layers: [vectorLayer(node, "other", [x], [shape])] }
}

/** Values and indices of the k largest. */
export const topK: Rule = (node) => {
  const x = inputAt(node, 0)
  const axis = axisIn(node, intAttribute(node, "axis") ?? -1, x.shape.length)
  const k = intAttribute(node, "k") ?? numbersAt(node, 1)?.[0]
  if (k === undefined || k < 0 || k > x.shape[axis])
    throw node.fail(`TopK takes ${k ?? "no number"} of ${x.shape[axis]} elements.`)
  const shape = x.shape.map((dim, other) => (other === axis ? k : dim))
  return {
    outputs: [known(shape), known(shape)],
    layers: [vectorLayer(node, "other", [x], [shape, shape])],
  }
}

/** Indices, depth, values. */
export const oneHot: Rule = (node) => {
  const indices = shapeAt(node, 0)
  const depth = numbersAt(node, 1)?.[0]
  if (depth === undefined || depth < 0) throw node.fail("OneHot has no depth.")
  const axis = axisIn(node, intAttribute(node, "axis") ?? -1, indices.length + 1)
  return { outputs: [known([...indices.slice(0, axis), depth, ...indices.slice(axis)])] }
}

/** Shape known only when the content is. */
export const nonZero: Rule = (node) => {
  const { shape, constant } = inputAt(node, 0)
  if (constant === undefined || elementsIn(shape) > 2 ** 20)
    throw new NotFixedByFile(
      `${node.path} (NonZero) gives as many indices as there are non-zeros, which is only known at run time`,
      "Export the model without NonZero, or declare the shape in the file (value_info).",
    )
  let count = 0
  for (const x of constant.load()) count += x === 0 ? 0 : 1
  return { outputs: [known([shape.length, count])] }
}

/** One grid position a sample: X [N, C, H, W], grid [N, H', W', 2]. */
export const gridSample: Rule = (node) => {
  const x = inputAt(node, 0)
  const grid = inputAt(node, 1)
  const shape = [...x.shape.slice(0, 2), ...grid.shape.slice(1, -1)]
  return { outputs: [known(shape)], layers: [vectorLayer(node, "other", [x, grid], [shape])] }
}

/** Region of interest pooling: X [N, C, H, W], rois [R, 4] → [R, C, h, w]. */
export const roiAlign: Rule = (node) => {
  const x = inputAt(node, 0)
  const regions = shapeOfRank(node, 1, 2, 2)
  const shape = [
    regions[0],
    x.shape[1],
    intAttribute(node, "output_height") ?? 1,
    intAttribute(node, "output_width") ?? 1,
  ]
  return { outputs: [known(shape)], layers: [vectorLayer(node, "avgpool", [x], [shape])] }
}
