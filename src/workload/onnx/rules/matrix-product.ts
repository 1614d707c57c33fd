/** Gemm, MatMul and their quantised forms: Linear where one side is stored, MatMul where both are computed. */
import { floatAttribute, intAttribute } from "../attributes.ts"
import { reshapedConstant } from "../constant.ts"
import { matrixOf, transposedConstant } from "../constant-layout.ts"
import { productConstant } from "../constant-arithmetic.ts"
import {
  has,
  inputAt,
  type Inferred,
  type LayerDraft,
  type OnnxNode,
  type Rule,
  shapeAt,
  shapeOfRank,
  vectorLayer,
} from "../node.ts"
import { broadcastShapes, elementsIn, formatShape, type Shape } from "../shape.ts"
import { type KnownValue, known } from "../value.ts"
import { optionalWeights } from "../weights.ts"
import { dequantisedValue } from "./quantisation.ts"

/** Y = α·A'·B' + β·C. Scaling by α and β is not counted; C is only when it is computed rather than stored. */
export const gemm: Rule = (node) => {
  const a = shapeOfRank(node, 0, 2, 2)
  const b = shapeOfRank(node, 1, 2, 2)
  const transA = intAttribute(node, "transA") === 1
  const transB = intAttribute(node, "transB") === 1
  const [m, k] = transA ? [a[1], a[0]] : a
  const [kOfB, n] = transB ? [b[1], b[0]] : b
  if (k !== kOfB)
    throw node.fail(
      `Gemm multiplies ${m}×${k} by ${kOfB}×${n} (A is ${formatShape(a)}, B is ${formatShape(b)}): the inner sizes differ.`,
    )
  requireWork(node, m, n, k)
  const left = inputAt(node, 0).constant
  const right = inputAt(node, 1).constant
  const output = known([m, n])
  const layers: LayerDraft[] = []
  if (right !== undefined) {
    const weights = transB ? right : transposedConstant(right, [1, 0])
    layers.push({
      id: node.id,
      op: { kind: "linear", rows: m, inFeatures: k, outFeatures: n },
      ...optionalWeights(node, weights),
    })
  } else if (left !== undefined) {
    // The product is the transpose of one with the stored matrix on the right.
    const weights = transA ? transposedConstant(left, [1, 0]) : left
    layers.push({
      id: node.id,
      op: { kind: "linear", rows: n, inFeatures: k, outFeatures: m },
      ...optionalWeights(node, weights),
    })
  } else layers.push({ id: node.id, op: { kind: "matmul", count: 1, m, n, k } })
  if (has(node, 2) && (floatAttribute(node, "beta") ?? 1) !== 0) {
    const c = inputAt(node, 2)
    const sum = broadcastShapes([c.shape, output.shape])
    if (sum === undefined || elementsIn(sum) !== m * n)
      throw node.fail(`Gemm adds C of shape ${formatShape(c.shape)} to ${m}×${n}; it does not broadcast.`)
    if (c.constant === undefined)
      layers.push({ ...vectorLayer(node, "add", [output, c], [output.shape]), id: `${node.id}/add` })
  }
  return { outputs: [output], layers }
}

const requireWork = (node: OnnxNode, m: number, n: number, k: number) => {
  if (m * n * k === 0)
    throw node.fail(`${node.opType} multiplies ${m}×${k} by ${k}×${n}: a dimension is 0, nothing to compute.`)
}

/**
 * numpy.matmul of A [..., m, k] and B [..., k, n]; leading dimensions broadcast, vectors count as one row or column.
 *
 * - B one stored matrix: Linear over all rows of A.
 * - A one stored matrix: Linear over all columns of B.
 * - a stack of stored matrices (experts): one Linear for each.
 * - both computed: `count` products.
 */
const multiply = (node: OnnxNode, left: KnownValue, right: KnownValue): Inferred => {
  if (left.shape.length === 0 || right.shape.length === 0)
    throw node.fail(`${node.opType} multiplies ${formatShape(left.shape)} by ${formatShape(right.shape)}.`)
  const a = left.shape.length === 1 ? [1, ...left.shape] : left.shape
  const b = right.shape.length === 1 ? [...right.shape, 1] : right.shape
  const [m, k] = a.slice(-2)
  const [kOfB, n] = b.slice(-2)
  const stack = broadcastShapes([a.slice(0, -2), b.slice(0, -2)])
  if (k !== kOfB || stack === undefined)
    throw node.fail(
      `${node.opType} multiplies ${formatShape(left.shape)} by ${formatShape(right.shape)}: ${k !== kOfB ? `the inner sizes ${k} and ${kOfB} differ` : "the leading dimensions do not broadcast"}.`,
    )
  const count = elementsIn(stack)
  requireWork(node, m * count, n, k)
  const shape = [...stack, ...(left.shape.length === 1 ? [] : [m]), ...(right.shape.length === 1 ? [] : [n])]

  if (left.constant !== undefined && right.constant !== undefined && a.length === 2 && b.length === 2) {
    const product = productConstant(reshapedConstant(left.constant, a), reshapedConstant(right.constant, b))
    if (product !== undefined) return { outputs: [known(shape, reshapedConstant(product, shape))] }
  }
  if (right.constant !== undefined) {
    const stored = reshapedConstant(right.constant, b)
    const matrices = elementsIn(b.slice(0, -2))
    return {
      outputs: [known(shape)],
      layers: Array.from({ length: matrices }, (_, i) => {
        const matrix = matrixOf(stored, i)
        return {
          id: matrices === 1 ? node.id : `${node.id}/${i}`,
          op: { kind: "linear", rows: (m * count) / matrices, inFeatures: k, outFeatures: n },
          ...optionalWeights(node, matrix === undefined ? undefined : transposedConstant(matrix, [1, 0])),
        }
      }),
    }
  }
  if (left.constant !== undefined) {
    const stored = reshapedConstant(left.constant, a)
    const matrices = elementsIn(a.slice(0, -2))
    return {
      outputs: [known(shape)],
      layers: Array.from({ length: matrices }, (_, i) => ({
        id: matrices === 1 ? node.id : `${node.id}/${i}`,
        op: { kind: "linear", rows: (n * count) / matrices, inFeatures: k, outFeatures: m },
        ...optionalWeights(node, matrixOf(stored, i)),
      })),
    }
  }
  return {
    outputs: [known(shape)],
    layers: [{ id: node.id, op: matmulOf(a, b, count) }],
  }
}

/** A B shared by all of A's stack is one product over all rows. */
const matmulOf = (a: Shape, b: Shape, count: number) => {
  const [m, k] = a.slice(-2)
  const n = b[b.length - 1]
  return elementsIn(b.slice(0, -2)) === 1
    ? ({ kind: "matmul", count: 1, m: m * count, n, k } as const)
    : ({ kind: "matmul", count, m, n, k } as const)
}

export const matMul: Rule = (node) => multiply(node, inputAt(node, 0), inputAt(node, 1))

/** Inputs a, a_scale, a_zero_point, b, b_scale, b_zero_point, y_scale, y_zero_point. */
export const qLinearMatMul: Rule = (node) =>
  multiply(
    node,
    inputAt(node, 0),
    dequantisedValue(node, inputAt(node, 3), 4, 5, shapeAt(node, 3).length - 1),
  )

/** Inputs A, B, a_zero_point, b_zero_point; weights come out in integer steps. */
export const matMulInteger: Rule = (node) =>
  multiply(
    node,
    inputAt(node, 0),
    dequantisedValue(node, inputAt(node, 1), undefined, 3, shapeAt(node, 1).length - 1),
  )
