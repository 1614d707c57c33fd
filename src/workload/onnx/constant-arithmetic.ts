/** Arithmetic on constants, as exporters leave it between Shape and Reshape, and around weights. */
import { type Constant, derivedConstant } from "./constant.ts"
import { broadcastConstant } from "./constant-layout.ts"
import { allocateElements, type ElementType, isInteger } from "./element-type.ts"
import { elementsIn, type Shape } from "./shape.ts"

export type Unary = (x: number) => number
export type Binary = (x: number, y: number) => number

/** Round half to even, as ONNX Round and QuantizeLinear do. */
const roundHalfToEven: Unary = (x) => {
  const below = Math.floor(x)
  if (x - below !== 0.5) return Math.round(x)
  return below % 2 === 0 ? below : below + 1
}

export const unaryFunctions: Readonly<Record<string, Unary>> = {
  Abs: Math.abs,
  Neg: (x) => -x,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Round: roundHalfToEven,
  Sqrt: Math.sqrt,
  Exp: Math.exp,
  Log: Math.log,
  Sin: Math.sin,
  Cos: Math.cos,
  Tanh: Math.tanh,
  Reciprocal: (x) => 1 / x,
  Sign: Math.sign,
  Relu: (x) => Math.max(x, 0),
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  Not: (x) => (x === 0 ? 1 : 0),
}

const truth = (condition: boolean): number => (condition ? 1 : 0)

export const binaryFunctions: Readonly<Record<string, Binary>> = {
  Add: (x, y) => x + y,
  Sub: (x, y) => x - y,
  Mul: (x, y) => x * y,
  Div: (x, y) => x / y,
  Pow: (x, y) => x ** y,
  Min: Math.min,
  Max: Math.max,
  // Sign of the divisor, as for integers in ONNX (fmod=0).
  Mod: (x, y) => x - Math.floor(x / y) * y,
  And: (x, y) => truth(x !== 0 && y !== 0),
  Or: (x, y) => truth(x !== 0 || y !== 0),
  Xor: (x, y) => truth((x !== 0) !== (y !== 0)),
  Equal: (x, y) => truth(x === y),
  Less: (x, y) => truth(x < y),
  LessOrEqual: (x, y) => truth(x <= y),
  Greater: (x, y) => truth(x > y),
  GreaterOrEqual: (x, y) => truth(x >= y),
}

export const givesBoolean: ReadonlySet<string> = new Set([
  "Not",
  "And",
  "Or",
  "Xor",
  "Equal",
  "Less",
  "LessOrEqual",
  "Greater",
  "GreaterOrEqual",
])

export const mappedConstant = (source: Constant, type: ElementType, f: Unary): Constant | undefined =>
  derivedConstant(type, source.shape, [source], () => {
    const result = allocateElements(type, elementsIn(source.shape))
    for (const [i, x] of source.load().entries()) result[i] = f(x)
    return result
  })

/** ONNX Cast: towards zero to integers, "is it non-zero" to bool. */
export const castConstant = (source: Constant, type: ElementType): Constant | undefined => {
  if (type === source.type) return source
  if (type === "bool") return mappedConstant(source, type, (x) => truth(x !== 0))
  return mappedConstant(source, type, isInteger(type) ? Math.trunc : (x) => x)
}

/** Elementwise over operands that broadcast to `shape`; integer division is towards zero. */
export const combinedConstant = (
  a: Constant,
  b: Constant,
  type: ElementType,
  shape: Shape,
  f: Binary,
): Constant | undefined => {
  const left = broadcastConstant(a, shape)
  const right = broadcastConstant(b, shape)
  if (left === undefined || right === undefined) return undefined
  return derivedConstant(type, shape, [left, right], () => {
    const x = left.load()
    const y = right.load()
    const result = allocateElements(type, x.length)
    const whole = isInteger(type)
    for (let i = 0; i < x.length; i += 1) {
      const value = f(x[i], y[i])
      result[i] = whole ? Math.trunc(value) : value
    }
    return result
  })
}

/** Where: `condition ? a : b`. */
export const selectedConstant = (
  condition: Constant,
  a: Constant,
  b: Constant,
  shape: Shape,
): Constant | undefined => {
  const operands = [condition, a, b].map((operand) => broadcastConstant(operand, shape))
  const [test, yes, no] = operands
  if (test === undefined || yes === undefined || no === undefined) return undefined
  return derivedConstant(a.type, shape, [test, yes, no], () => {
    const choose = test.load()
    const whenTrue = yes.load()
    const whenFalse = no.load()
    const result = allocateElements(a.type, choose.length)
    for (let i = 0; i < choose.length; i += 1) result[i] = choose[i] === 0 ? whenFalse[i] : whenTrue[i]
    return result
  })
}

const reducers: Readonly<Record<string, { readonly start: number; readonly f: Binary }>> = {
  ReduceSum: { start: 0, f: (x, y) => x + y },
  ReduceMean: { start: 0, f: (x, y) => x + y },
  ReduceProd: { start: 1, f: (x, y) => x * y },
  ReduceMax: { start: -Infinity, f: Math.max },
  ReduceMin: { start: Infinity, f: Math.min },
}

/** The whole of a constant reduced to one element, which is all that shape arithmetic asks for. */
export const reducedConstant = (source: Constant, opType: string, shape: Shape): Constant | undefined => {
  const reducer = reducers[opType]
  const count = elementsIn(source.shape)
  if (reducer === undefined || count === 0 || elementsIn(shape) !== 1) return undefined
  return derivedConstant(source.type, shape, [source], () => {
    const result = allocateElements(source.type, 1)
    let total = reducer.start
    for (const x of source.load()) total = reducer.f(total, x)
    result[0] = opType === "ReduceMean" ? total / count : total
    return result
  })
}

/** Matrix product of two constants of rank 2. */
export const productConstant = (a: Constant, b: Constant): Constant | undefined => {
  const [m, k] = a.shape
  const n = b.shape[1]
  if (m * n * k > 2 ** 28) return undefined
  return derivedConstant(a.type, [m, n], [a, b], () => {
    const x = a.load()
    const y = b.load()
    const result = allocateElements(a.type, m * n)
    for (let i = 0; i < m; i += 1) {
      for (let p = 0; p < k; p += 1) {
        for (let j = 0; j < n; j += 1) result[i * n + j] += x[i * k + p] * y[p * n + j]
      }
    }
    return result
  })
}
