/** Shapes of a model's inputs: what the file fixes, what the user gives, and documented defaults for the rest. */
import type { ValueInfoProto } from "onnx-buf"
import { didYouMean } from "../../../arch/nearest.ts"
import type { WorkloadError } from "../../../arch/errors.ts"
import { elementTypeOf, isInteger } from "./element-type.ts"
import { formatShape, type Shape } from "./shape.ts"

export interface InputOptions {
  /** Size of the batch dimension; 1 unless given. */
  readonly batch?: number
  /** Whole shapes by input name, batch included. */
  readonly inputs?: Readonly<Record<string, readonly number[]>>
}

export interface GraphInputs {
  /** Undefined for inputs that are not tensors (sequences, maps). */
  readonly shapes: ReadonlyMap<string, Shape | undefined>
  /** Sizes of the file's symbolic dimensions. */
  readonly symbols: ReadonlyMap<string, number>
  /** Sizes chosen by default, for a person: `input "x" has no fixed size in dimensions 2, 3; 640×640 assumed`. */
  readonly notes: readonly string[]
  /** Of the first input, whose first dimension is the batch unless it is named otherwise. */
  readonly batch: number
}

/** A fixed size, a symbol's name, or undefined where the file says nothing. */
type Dimension = number | string | undefined

/** Both sides of an image free. Assumed: the usual size of detectors, and a multiple of every common stride. */
const imageSide = 640
/** One side of an image free, as in text lines and spectrograms. Source: PP-OCR recognition shape, 3×48×320. */
const stripLength = 320
/** Tokens, frames or steps. Assumed: the sequence length that BERT results are most often given for. */
const sequenceLength = 128

const batchName = /batch/i
/** Short names say "batch" at the front only; further back they may be any size. */
const shortBatchName = /^(n|b|bs)$/i
const sequenceName = /seq|token|time|length|frame|step/i
const imageName = /height|width|^h$|^w$|image_?size/i
/** The length of a key-value cache decides what is computed: a guess would be a different workload. */
const cacheName = /past|cache|total|memory/i

export const dimensionsOf = (value: ValueInfoProto): readonly Dimension[] | undefined => {
  const type = value.type?.value
  if (type?.case !== "tensorType" || type.value.shape === undefined) return undefined
  return type.value.shape.dim.map(({ value }) => {
    if (value.case === "dimValue") return value.value < 0n ? undefined : Number(value.value)
    // Exporters write "?" or nothing for an unnamed dimension.
    return value.case === "dimParam" && value.value !== "" && value.value !== "?" ? value.value : undefined
  })
}

/** The size of a symbol, or of a sum such as "past_sequence_length + 1", once its parts have sizes. */
export const sizeOfSymbol = (text: string, symbols: ReadonlyMap<string, number>): number | undefined => {
  const whole = symbols.get(text)
  if (whole !== undefined) return whole
  const parts = text.split("+").map((part) => part.trim())
  const sizes = parts.map((part) => (/^\d+$/.test(part) ? Number(part) : symbols.get(part)))
  let sum = 0
  for (const size of sizes) {
    if (size === undefined) return undefined
    sum += size
  }
  return sum
}

/** The size a free dimension gets when nobody gives one; undefined when no size makes sense. Batch is decided before. */
const defaultSize = (
  dimensions: readonly Dimension[],
  axis: number,
  integers: boolean,
): number | undefined => {
  const dimension = dimensions[axis]
  const name = typeof dimension === "string" ? dimension : ""
  if (cacheName.test(name)) return undefined
  const free = (at: number) => typeof dimensions[at] !== "number"
  const last = dimensions[3]
  if (dimensions.length === 4 && axis > 0 && !sequenceName.test(name)) {
    const channelsLast = typeof last === "number" && last <= 4 && free(1) && free(2)
    const sides = channelsLast ? [1, 2] : [2, 3]
    if (sides.includes(axis)) return sides.every(free) ? imageSide : stripLength
  }
  if (imageName.test(name)) return imageSide
  if (sequenceName.test(name)) return sequenceLength
  if (axis === 1 && dimensions.length === 2 && integers) return sequenceLength
  if (axis === 1 && dimensions.length === 3 && !free(2)) return sequenceLength
  return undefined
}

const isBatch = (dimensions: readonly Dimension[], axis: number): boolean => {
  const dimension = dimensions[axis]
  if (typeof dimension !== "string") return axis === 0
  if (batchName.test(dimension) || (axis <= 1 && shortBatchName.test(dimension))) return true
  return axis === 0 && ![sequenceName, imageName, cacheName].some((name) => name.test(dimension))
}

const batchOf = (
  inputs: readonly ValueInfoProto[],
  shapes: ReadonlyMap<string, Shape | undefined>,
): number => {
  const [first] = inputs
  const dimensions = first === undefined ? undefined : dimensionsOf(first)
  if (first === undefined || (dimensions !== undefined && dimensions.length < 2)) return 1
  const axis = dimensions === undefined ? 0 : dimensions.findIndex((_, axis) => isBatch(dimensions, axis))
  return shapes.get(first.name)?.[axis] ?? 1
}

/** Throws WorkloadError naming the input and the dimension when a size is needed and none can be chosen. */
export const resolveGraphInputs = (
  inputs: readonly ValueInfoProto[],
  options: InputOptions,
  fail: (path: string, message: string, remedy?: string) => WorkloadError,
): GraphInputs => {
  const names = inputs.map(({ name }) => name)
  const given = new Map(Object.entries(options.inputs ?? {}))
  for (const name of given.keys()) {
    if (!names.includes(name))
      throw fail("graph.input", `The model has no input "${name}".`, didYouMean(name, names))
  }
  if (options.batch !== undefined && !(Number.isSafeInteger(options.batch) && options.batch > 0))
    throw fail("graph.input", `Batch ${options.batch} is not a positive whole number.`)

  const symbols = new Map<string, number>()
  const notes: string[] = []
  const pathOf = (index: number) => `graph.input[${index}] "${names[index]}"`

  // Given shapes first: they also fix the symbols that other inputs share.
  for (const [index, input] of inputs.entries()) {
    const shape = given.get(input.name)
    if (shape === undefined) continue
    if (!shape.every((size) => Number.isSafeInteger(size) && size > 0))
      throw fail(pathOf(index), `The shape given, ${formatShape(shape)}, must be of positive whole numbers.`)
    const dimensions = dimensionsOf(input)
    if (dimensions === undefined) continue
    if (dimensions.length !== shape.length)
      throw fail(
        pathOf(index),
        `The shape given, ${formatShape(shape)}, has ${shape.length} dimensions; the file declares ${dimensions.length}.`,
      )
    for (const [axis, dimension] of dimensions.entries()) {
      if (typeof dimension === "number" && dimension !== shape[axis])
        throw fail(
          pathOf(index),
          `The shape given, ${formatShape(shape)}, has ${shape[axis]} in dimension ${axis}, which the file fixes at ${dimension}.`,
        )
      if (options.batch !== undefined && axis === 0 && isBatch(dimensions, 0) && shape[0] !== options.batch)
        throw fail(
          pathOf(index),
          `The shape given, ${formatShape(shape)}, has batch ${shape[0]}, but batch ${options.batch} was asked for.`,
        )
      if (typeof dimension === "string") {
        const before = symbols.get(dimension)
        if (before !== undefined && before !== shape[axis])
          throw fail(
            pathOf(index),
            `Dimension ${axis} (${dimension}) is given as ${shape[axis]}, but another input has ${before} for the same dimension.`,
          )
        symbols.set(dimension, shape[axis])
      }
    }
  }

  const shapes = new Map<string, Shape | undefined>()
  for (const [index, input] of inputs.entries()) {
    const fromUser = given.get(input.name)
    const dimensions = dimensionsOf(input)
    if (fromUser !== undefined || dimensions === undefined) {
      shapes.set(input.name, fromUser)
      continue
    }
    const tensor = input.type?.value
    const type = tensor?.case === "tensorType" ? elementTypeOf(tensor.value.elemType) : undefined
    const assumed: number[] = []
    const shape = dimensions.map((dimension, axis) => {
      if (typeof dimension === "number") {
        if (dimension === 0)
          throw fail(
            pathOf(index),
            `Dimension ${axis} of input "${input.name}" is 0, so there is nothing to compute.`,
            "Export the model with a real size or a symbolic dimension.",
          )
        const { batch } = options
        if (axis > 0 || dimensions.length < 2 || batch === undefined || batch === dimension) return dimension
        // Exporters fix a batch of 1 by habit. A Reshape that relies on it shows as an impossible one.
        if (dimension === 1) {
          notes.push(`input "${input.name}": the file fixes batch 1; read with batch ${batch}`)
          return batch
        }
        if (index === 0)
          throw fail(
            pathOf(index),
            `Batch ${batch} was asked for, but the file fixes the batch at ${dimension}.`,
            "Export the model with a symbolic batch dimension.",
          )
        return dimension
      }
      const symbol = dimension === undefined ? undefined : sizeOfSymbol(dimension, symbols)
      if (symbol !== undefined) return symbol
      const size = isBatch(dimensions, axis)
        ? (options.batch ?? 1)
        : defaultSize(dimensions, axis, type !== undefined && isInteger(type))
      if (size === undefined)
        throw fail(
          pathOf(index),
          `Dimension ${axis}${dimension === undefined ? "" : ` (${dimension})`} of input "${input.name}" is not fixed by the file and no default makes sense.`,
          `Give the shape: --input-shape ${input.name}=${dimensions.map((other) => (typeof other === "number" ? other : "?")).join("x")} with numbers for the question marks.`,
        )
      if (!isBatch(dimensions, axis)) assumed.push(axis)
      if (dimension !== undefined) symbols.set(dimension, size)
      return size
    })
    if (assumed.length > 0)
      notes.push(
        `input "${input.name}" has no fixed size in dimension${assumed.length === 1 ? "" : "s"} ${assumed.join(", ")}: read as ${formatShape(shape)}; give its shape to change that`,
      )
    shapes.set(input.name, shape)
  }
  return { shapes, symbols, notes, batch: batchOf(inputs, shapes) }
}
