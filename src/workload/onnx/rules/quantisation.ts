/**
 * QuantizeLinear and DequantizeLinear mark where a graph is quantised. Engines fuse them into the operators around them,
 * so they become no layer; through constants they are computed, so that layers get their real weights.
 */
import { intAttribute } from "../attributes.ts"
import type { Constant } from "../constant.ts"
import { has, inputAt, type OnnxNode, type Rule, vectorLayer } from "../node.ts"
import { dequantised, type Quantisation, quantised } from "../quantisation.ts"
import { type KnownValue, known } from "../value.ts"

/** A weight input with its quantisation undone; scale and zero point are inputs, by index. */
export const dequantisedValue = (
  node: OnnxNode,
  weight: KnownValue,
  scaleIndex: number | undefined,
  zeroPointIndex: number,
  axis: number,
): KnownValue => {
  const parameter = (index: number | undefined): KnownValue | undefined =>
    index === undefined || !has(node, index) ? undefined : inputAt(node, index)
  const scale = parameter(scaleIndex)
  const zeroPoint = parameter(zeroPointIndex)
  const fixed = [scale, zeroPoint].every((value) => value === undefined || value.constant !== undefined)
  const constant =
    weight.constant === undefined || !fixed
      ? undefined
      : dequantised(node, weight.constant, {
          scale: scale?.constant,
          zeroPoint: zeroPoint?.constant,
          axis,
          blockSize: 0,
        })
  return known(weight.shape, constant)
}

const converted =
  (convert: (node: OnnxNode, tensor: Constant, by: Quantisation) => Constant | undefined): Rule =>
  (node) => {
    const x = inputAt(node, 0)
    const scale = inputAt(node, 1)
    const zeroPoint = has(node, 2) ? inputAt(node, 2) : undefined
    const given = intAttribute(node, "axis") ?? 1
    const fixed =
      scale.constant !== undefined && (zeroPoint === undefined || zeroPoint.constant !== undefined)
    const constant =
      x.constant === undefined || !fixed
        ? undefined
        : convert(node, x.constant, {
            scale: scale.constant,
            zeroPoint: zeroPoint?.constant,
            axis: given < 0 ? given + x.shape.length : given,
            blockSize: intAttribute(node, "block_size") ?? 0,
          })
    return { outputs: [known(x.shape, constant)] }
  }

export const dequantizeLinear: Rule = converted(dequantised)
export const quantizeLinear: Rule = converted(quantised)

/** Measures its input, then quantises it: y, scale, zero point. */
export const dynamicQuantizeLinear: Rule = (node) => {
  const x = inputAt(node, 0)
  return {
    outputs: [known(x.shape), known([]), known([])],
    layers: [vectorLayer(node, "other", [x], [x.shape])],
  }
}
