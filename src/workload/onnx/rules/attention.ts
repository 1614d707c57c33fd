/** Attention (operator set 23): scores Q·Kᵀ, softmax, and the weighted sum of V; all heads at once. */
import { intAttribute } from "../attributes.ts"
import { has, inputAt, type OnnxNode, type Rule, shapeOfRank } from "../node.ts"
import { formatShape, type Shape } from "../shape.ts"
import { known } from "../value.ts"

/** [batch, heads, length, size] of Q, K or V; rank 3 is [batch, length, heads · size]. */
const perHead = (node: OnnxNode, index: number, headsAttribute: string): Shape => {
  const shape = shapeOfRank(node, index, 3, 4)
  if (shape.length === 4) return shape
  const heads = intAttribute(node, headsAttribute) ?? 0
  if (heads < 1 || shape[2] % heads !== 0)
    throw node.fail(`Attention of ${formatShape(shape)} needs ${headsAttribute} that divides ${shape[2]}.`)
  return [shape[0], heads, shape[1], shape[2] / heads]
}

/**
 * Query heads may share key and value heads: the products are counted for each query head. Causal masks are not
 * counted as saved work. Source: ONNX Attention-23.
 */
export const attention: Rule = (node) => {
  const q = perHead(node, 0, "q_num_heads")
  const k = perHead(node, 1, "kv_num_heads")
  const v = perHead(node, 2, "kv_num_heads")
  const past = has(node, 4) ? inputAt(node, 4).shape[2] : 0
  const [batch, heads, length, size] = q
  const keys = k[2] + past
  const valueSize = v[3]
  if (k[3] !== size || v[2] !== k[2] || heads % k[1] !== 0)
    throw node.fail(
      `Attention combines queries ${formatShape(q)}, keys ${formatShape(k)} and values ${formatShape(v)}, which do not fit.`,
    )
  const count = batch * heads
  if (count * length * keys * size * valueSize === 0)
    throw node.fail("Attention has a dimension of 0: nothing to compute.")
  const scores = count * length * keys
  const flat = inputAt(node, 0).shape.length === 3
  return {
    outputs: [
      known(flat ? [batch, length, heads * valueSize] : [batch, heads, length, valueSize]),
      known([batch, k[1], keys, size]),
      known([batch, k[1], keys, valueSize]),
      known([batch, heads, length, keys]),
    ],
    layers: [
      { id: `${node.id}/scores`, op: { kind: "matmul", count, m: length, n: keys, k: size } },
      {
        id: `${node.id}/softmax`,
        op: {
          kind: "vector",
          function: "softmax",
          inputElements: scores,
          outputElements: scores,
          parameters: 0,
        },
      },
      { id: `${node.id}/values`, op: { kind: "matmul", count, m: length, n: valueSize, k: keys } },
    ],
  }
}

/** Rotates pairs of elements by angles from stored tables: the shape stays. */
export const rotaryEmbedding: Rule = (node) => {
  const { shape } = inputAt(node, 0)
  const elements = shape.reduce((product, dim) => product * dim, 1)
  return {
    outputs: [known(shape)],
    layers: [
      {
        id: node.id,
        op: {
          kind: "vector",
          function: "rope",
          inputElements: elements,
          outputElements: elements,
          parameters: 0,
        },
      },
    ],
  }
}
