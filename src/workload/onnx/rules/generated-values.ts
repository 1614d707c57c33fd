/** Operators whose output comes from the file or from shapes alone. They become no layer. */
import {
  floatAttribute,
  floatsAttribute,
  intAttribute,
  intsAttribute,
  tensorAttribute,
} from "../attributes.ts"
import { derivedConstant, literalConstant } from "../constant.ts"
import { allocateElements } from "../element-type.ts"
import { inputAt, numbersAt, type Rule, shapeAt } from "../node.ts"
import { elementsIn } from "../shape.ts"
import { constantValue, integersValue, known, type Value } from "../value.ts"
import { constantFromSparseTensor, constantFromTensor } from "../tensor-proto.ts"

/** One of the value attributes holds the content. */
export const constant: Rule = (node) => {
  const output = (value: Value) => ({ outputs: [value] })
  const tensor = tensorAttribute(node, "value")
  if (tensor !== undefined)
    return output(constantValue(constantFromTensor(tensor, node.tensorSource(".value"))))
  const sparse = node.attributes.get("sparse_value")?.sparseTensor
  if (sparse !== undefined)
    return output(constantValue(constantFromSparseTensor(sparse, node.tensorSource(".sparse_value"))))
  const ints = intsAttribute(node, "value_ints")
  if (ints !== undefined) return output(integersValue(ints))
  const int = intAttribute(node, "value_int")
  if (int !== undefined) return output(constantValue(literalConstant("int64", [], Float64Array.of(int))))
  const floats = floatsAttribute(node, "value_floats")
  if (floats !== undefined)
    return output(constantValue(literalConstant("float32", [floats.length], Float32Array.from(floats))))
  const float = floatAttribute(node, "value_float")
  if (float !== undefined)
    return output(constantValue(literalConstant("float32", [], Float32Array.of(float))))
  if (node.attributes.has("value_string")) return output(known([]))
  const strings = node.attributes.get("value_strings")?.strings
  if (strings !== undefined) return output(known([strings.length]))
  throw node.fail("Constant has no value.")
}

/** Dimensions start to end of the input. */
export const shape: Rule = (node) => {
  const dims = shapeAt(node, 0)
  const start = intAttribute(node, "start") ?? 0
  return { outputs: [integersValue(dims.slice(start, intAttribute(node, "end") ?? dims.length))] }
}

export const size: Rule = (node) => ({
  outputs: [constantValue(literalConstant("int64", [], Float64Array.of(elementsIn(shapeAt(node, 0)))))],
})

export const constantOfShape: Rule = (node) => {
  const dims = numbersAt(node, 0)
  if (dims === undefined) throw node.fail("ConstantOfShape has no shape.")
  const tensor = tensorAttribute(node, "value")
  const fill = tensor === undefined ? undefined : constantFromTensor(tensor, node.tensorSource(".value"))
  const type = fill?.type ?? "float32"
  return {
    outputs: [
      known(
        dims,
        derivedConstant(type, dims, fill === undefined ? [] : [fill], () =>
          allocateElements(type, elementsIn(dims)).fill(fill?.load()[0] ?? 0),
        ),
      ),
    ],
  }
}

/** start, limit, delta. */
export const range: Rule = (node) => {
  const [start, limit, delta] = [0, 1, 2].map((index) => numbersAt(node, index)?.[0])
  if (start === undefined || limit === undefined || delta === undefined || delta === 0)
    throw node.fail("Range needs a start, a limit and a delta that is not 0.")
  const count = Math.max(Math.ceil((limit - start) / delta), 0)
  const type = inputAt(node, 0).constant?.type ?? "float32"
  return {
    outputs: [
      known(
        [count],
        derivedConstant(type, [count], [], () => {
          const elements = allocateElements(type, count)
          for (let i = 0; i < count; i += 1) elements[i] = start + i * delta
          return elements
        }),
      ),
    ],
  }
}

/** Random tensors with a shape attribute. */
export const randomOfShape: Rule = (node) => {
  const dims = intsAttribute(node, "shape")
  if (dims === undefined) throw node.fail(`${node.opType} has no shape.`)
  return { outputs: [known(dims)] }
}

/** A tensor of the shape of input 0 with other content. */
export const likeInput: Rule = (node) => ({ outputs: [known(shapeAt(node, 0))] })
