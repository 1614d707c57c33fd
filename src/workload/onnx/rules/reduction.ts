/** Reduce*: axes as an attribute before version 18 (ReduceSum: 13), as an input since. */
import { intAttribute } from "../attributes.ts"
import { reducedConstant } from "../constant-arithmetic.ts"
import { axisIn, inputAt, type Rule, vectorLayer } from "../node.ts"
import { known } from "../value.ts"
import { listOf } from "./rearrangement.ts"

export const reduce: Rule = (node) => {
  const x = inputAt(node, 0)
  const rank = x.shape.length
  const given = listOf(node, "axes", 1)
  const keep = (intAttribute(node, "keepdims") ?? 1) === 1
  const unchanged = !given?.length && intAttribute(node, "noop_with_empty_axes") === 1
  if (unchanged) return { outputs: [x] }
  const axes = new Set(
    given?.length ? given.map((axis) => axisIn(node, axis, rank)) : x.shape.map((_, axis) => axis),
  )
  const shape = x.shape.flatMap((dim, axis) => (!axes.has(axis) ? [dim] : keep ? [1] : []))
  return {
    outputs: [
      known(shape, x.constant === undefined ? undefined : reducedConstant(x.constant, node.opType, shape)),
    ],
    layers: [vectorLayer(node, "other", [x], [shape])],
  }
}
