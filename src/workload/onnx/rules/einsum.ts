/** Einsum of two operands without repeated letters, as attention and expert layers use it. */
import { stringAttribute } from "../attributes.ts"
import { reshapedConstant } from "../constant.ts"
import { transposedConstant } from "../constant-layout.ts"
import { type Inferred, inputAt, type OnnxNode, type Rule, vectorLayer } from "../node.ts"
import { elementsIn, formatShape } from "../shape.ts"
import { type KnownValue, known, NotFixedByFile } from "../value.ts"
import { optionalWeights } from "../weights.ts"

const letters = (term: string): readonly string[] => Array.from(term)

const notModelled = (node: OnnxNode, equation: string) =>
  new NotFixedByFile(
    `${node.path} (Einsum "${equation}") is of a form that is not read`,
    "Only letters, each once in an operand, are read; write it as Transpose and MatMul.",
  )

/** "bij,bjk->bik" as operands and result; without "->" the result is the letters that occur once, in order. */
const parse = (node: OnnxNode, equation: string) => {
  const [left, right] = equation.replaceAll(" ", "").split("->")
  const terms = left.split(",").map(letters)
  const all = terms.flat()
  const output =
    right === undefined
      ? all.filter((letter) => all.indexOf(letter) === all.lastIndexOf(letter)).sort()
      : letters(right)
  const plain = [...terms, output].every(
    (term) => term.every((letter) => /^[A-Za-z]$/.test(letter)) && new Set(term).size === term.length,
  )
  if (!plain || terms.length > 2 || terms.length !== node.inputs.length) throw notModelled(node, equation)
  return { terms, output }
}

/**
 * Letters in both operands and the result are a stack of products, in both but not the result the inner size, the
 * others rows of A or columns of B. A letter of one operand alone that the result lacks is summed away beforehand.
 */
export const einsum: Rule = (node) => {
  const equation = stringAttribute(node, "equation") ?? ""
  const { terms, output } = parse(node, equation)
  const sizes = new Map<string, number>()
  for (const [index, term] of terms.entries()) {
    const { shape } = inputAt(node, index)
    if (shape.length !== term.length)
      throw node.fail(`Einsum "${equation}" has an operand ${index} of shape ${formatShape(shape)}.`)
    for (const [axis, letter] of term.entries()) {
      const before = sizes.get(letter) ?? shape[axis]
      if (before !== shape[axis])
        throw node.fail(`Einsum "${equation}": ${letter} is ${before} and ${shape[axis]}.`)
      sizes.set(letter, before)
    }
  }
  const sizeOf = (letter: string) => sizes.get(letter) ?? 1
  const shape = output.map(sizeOf)
  const [a, b] = terms
  if (b === undefined) {
    const x = inputAt(node, 0)
    return { outputs: [known(shape)], layers: [vectorLayer(node, "other", [x], [shape])] }
  }
  const product = (list: readonly string[]) => elementsIn(list.map(sizeOf))
  const inA = new Set(a)
  const inB = new Set(b)
  const kept = new Set(output)
  const stack = a.filter((letter) => inB.has(letter) && kept.has(letter))
  const inner = a.filter((letter) => inB.has(letter) && !kept.has(letter))
  const rows = a.filter((letter) => !inB.has(letter) && kept.has(letter))
  const columns = b.filter((letter) => !inA.has(letter) && kept.has(letter))
  const dims = { count: product(stack), m: product(rows), n: product(columns), k: product(inner) }
  if (dims.count * dims.m * dims.n * dims.k === 0)
    throw node.fail(`Einsum "${equation}" has a dimension of 0: nothing to compute.`)
  // Nothing is summed over: an outer or elementwise product, which no matrix unit gains anything on.
  if (inner.length === 0)
    return {
      outputs: [known(shape)],
      layers: [vectorLayer(node, "mul", [inputAt(node, 0), inputAt(node, 1)], [shape])],
    }

  const stored = (value: KnownValue, term: readonly string[], free: readonly string[]) => {
    const order = [...free, ...inner].map((letter) => term.indexOf(letter))
    if (value.constant === undefined || order.length !== term.length) return undefined
    const arranged = transposedConstant(value.constant, order)
    return arranged === undefined ? undefined : reshapedConstant(arranged, [product(free), dims.k])
  }
  const linear = (outFeatures: number, rowCount: number, weights: ReturnType<typeof stored>): Inferred => ({
    outputs: [known(shape)],
    layers: [
      {
        id: node.id,
        op: { kind: "linear", rows: rowCount, inFeatures: dims.k, outFeatures },
        ...optionalWeights(node, weights),
      },
    ],
  })
  const right = inputAt(node, 1)
  const left = inputAt(node, 0)
  if (right.constant !== undefined && stack.length === 0)
    return linear(dims.n, dims.m, stored(right, b, columns))
  if (left.constant !== undefined && stack.length === 0) return linear(dims.m, dims.n, stored(left, a, rows))
  return { outputs: [known(shape)], layers: [{ id: node.id, op: { kind: "matmul", ...dims } }] }
}
