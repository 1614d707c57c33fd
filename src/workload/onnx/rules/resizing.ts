/** Resize and Upsample. */
import { intsAttribute, floatsAttribute, stringAttribute } from "../attributes.ts"
import { axisIn, type Inferred, inputAt, numbersAt, type OnnxNode, type Rule, shapeAt } from "../node.ts"
import { elementsIn, formatShape, type Shape } from "../shape.ts"
import { known, NotFixedByFile } from "../value.ts"

/**
 * Upsample and Resize: `sizes`, else floor(size · scale), in float32 as runtimes compute it: 10 · 0.7 is 7, not 6.
 * Source: ONNX Resize-19.
 */
export const resize: Rule = (node) => {
  const { shape } = inputAt(node, 0)
  const upsample = node.opType === "Upsample"
  const scalesIndex = upsample || node.opset < 11 ? 1 : 2
  const notEmpty = (list: readonly number[] | undefined) => (list?.length ? list : undefined)
  const attributeScales = floatsAttribute(node, "scales")
  const sizes = upsample || node.opset < 11 ? undefined : notEmpty(numbersAt(node, 3))
  const scales =
    sizes === undefined ? (notEmpty(attributeScales) ?? notEmpty(numbersAt(node, scalesIndex))) : undefined
  const axes = (intsAttribute(node, "axes") ?? shape.map((_, axis) => axis)).map((axis) =>
    axisIn(node, axis, shape.length),
  )
  const list = sizes ?? scales
  if (list?.length !== axes.length)
    throw node.fail(`${node.opType} needs a scale or a size for each of ${axes.length} axes.`)
  if (stringAttribute(node, "coordinate_transformation_mode") === "tf_crop_and_resize")
    throw new NotFixedByFile(
      `${node.path} (Resize) crops to a region, which is not modelled`,
      "Export the model without tf_crop_and_resize, or declare the shape in the file (value_info).",
    )
  const policy = stringAttribute(node, "keep_aspect_ratio_policy")
  const result = [...shape]
  if (sizes !== undefined && (policy === "not_larger" || policy === "not_smaller")) {
    const ratios = axes.map((axis, i) => sizes[i] / shape[axis])
    const ratio = policy === "not_larger" ? Math.min(...ratios) : Math.max(...ratios)
    for (const axis of axes) result[axis] = Math.round(ratio * shape[axis])
  } else
    for (const [i, axis] of axes.entries())
      result[axis] = sizes === undefined ? Math.floor(Math.fround(shape[axis] * list[i])) : list[i]
  return resized(node, result)
}

const resized = (node: OnnxNode, shape: Shape): Inferred => {
  if (!shape.every((dim) => Number.isSafeInteger(dim) && dim > 0))
    throw node.fail(`${node.opType} gives a size of ${formatShape(shape)}.`)
  return {
    outputs: [known(shape)],
    layers: [
      {
        id: node.id,
        op: {
          kind: "vector",
          function: "resize",
          inputElements: elementsIn(shapeAt(node, 0)),
          outputElements: elementsIn(shape),
          parameters: 0,
        },
      },
    ],
  }
}
