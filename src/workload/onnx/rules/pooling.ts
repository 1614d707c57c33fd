/** Pools: MaxPool, AveragePool, LpPool and their global forms. */
import { intAttribute, intsAttribute } from "../attributes.ts"
import { inputAt, type OnnxNode, type Rule, shapeOfRank, vectorLayer } from "../node.ts"
import { known } from "../value.ts"
import { slidingWindow } from "./sliding-window.ts"

const pooled = (node: OnnxNode, function_: "maxpool" | "avgpool") => {
  const x = shapeOfRank(node, 0, 3)
  const kernel = intsAttribute(node, "kernel_shape")
  if (kernel?.length !== x.length - 2 || kernel.some((size) => size < 1))
    throw node.fail(`${node.opType} needs a kernel_shape for each of ${x.length - 2} spatial axes.`)
  const rounding = intAttribute(node, "ceil_mode") === 1 ? "ceil" : "floor"
  const { out } = slidingWindow(node, x.slice(2), kernel, rounding)
  const shape = [x[0], x[1], ...out]
  return {
    // MaxPool can also give the indices of the maxima.
    outputs: node.outputNames.map(() => known(shape)),
    layers: [vectorLayer(node, function_, [inputAt(node, 0)], [shape])],
  }
}

export const maxPool: Rule = (node) => pooled(node, "maxpool")
export const averagePool: Rule = (node) => pooled(node, "avgpool")

const globallyPooled = (node: OnnxNode, function_: "maxpool" | "avgpool") => {
  const x = shapeOfRank(node, 0, 2)
  const shape = [x[0], x[1], ...x.slice(2).map(() => 1)]
  return {
    outputs: [known(shape)],
    layers: [vectorLayer(node, function_, [inputAt(node, 0)], [shape])],
  }
}

export const globalMaxPool: Rule = (node) => globallyPooled(node, "maxpool")
export const globalAveragePool: Rule = (node) => globallyPooled(node, "avgpool")
