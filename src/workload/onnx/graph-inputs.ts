/** Shapes of a model's inputs: what the file fixes, what the user gives, and documented defaults for the rest. */
import type { ValueInfoProto } from "onnx-buf"
import type { WorkloadError } from "../../../arch/errors.ts"
import { defaultSize, isBatch } from "./default-sizes.ts"
import { type Dimension, dimensionsOf, sizeOfSymbol } from "./dimensions.ts"
import { elementTypeOf, isInteger } from "./element-type.ts"
import { checkGivenShapes } from "./given-shapes.ts"
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

/** Makes the error for input number `index`, or for all inputs. */
export type InputError = (index: number | undefined, message: string, remedy?: string) => WorkloadError

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

/** An input whose shape the user does not give. */
interface OpenInput {
  readonly index: number
  readonly name: string
  readonly dimensions: readonly Dimension[]
  readonly integers: boolean
}

/** A size that the file fixes: the batch option can replace a 1 in front, which exporters write by habit. */
const fixedSize = (
  { index, name, dimensions }: OpenInput,
  axis: number,
  size: number,
  batch: number | undefined,
  fail: InputError,
): number => {
  if (size === 0)
    throw fail(
      index,
      `Dimension ${axis} of input "${name}" is 0, so there is nothing to compute.`,
      "Export the model with a real size or a symbolic dimension.",
    )
  if (axis > 0 || dimensions.length < 2 || batch === undefined) return size
  // A Reshape that relies on the 1 shows up later, as an impossible one.
  if (size === 1) return batch
  // Further inputs may be tables without a batch.
  if (index === 0 && size !== batch)
    throw fail(
      index,
      `Batch ${batch} was asked for, but the file fixes the batch at ${size}.`,
      "Export the model with a symbolic batch dimension.",
    )
  return size
}

/** Size of a dimension that the file leaves open. */
const openSize = (
  { index, name, dimensions, integers }: OpenInput,
  axis: number,
  batch: number | undefined,
  fail: InputError,
): number => {
  const size = isBatch(dimensions, axis) ? (batch ?? 1) : defaultSize(dimensions, axis, integers)
  if (size !== undefined) return size
  const dimension = dimensions[axis]
  const pattern = dimensions.map((other) => (typeof other === "number" ? other : "?")).join("x")
  throw fail(
    index,
    `Dimension ${axis}${dimension === undefined ? "" : ` (${dimension})`} of input "${name}" is not fixed by the file and no default makes sense.`,
    `Give the shape: --input-shape ${name}=${pattern} with numbers for the question marks.`,
  )
}

/** Throws WorkloadError naming the input and the dimension when a size is needed and none can be chosen. */
export const resolveGraphInputs = (
  inputs: readonly ValueInfoProto[],
  options: InputOptions,
  fail: InputError,
): GraphInputs => {
  const given = checkGivenShapes(inputs, options, fail)
  const symbols = new Map(given.symbols)
  const shapes = new Map<string, Shape | undefined>()
  const notes: string[] = []
  for (const [index, input] of inputs.entries()) {
    const { name } = input
    const dimensions = dimensionsOf(input)
    if (given.shapes.has(name) || dimensions === undefined) {
      shapes.set(name, given.shapes.get(name))
      continue
    }
    const tensor = input.type?.value
    const type = tensor?.case === "tensorType" ? elementTypeOf(tensor.value.elemType) : undefined
    const open = { index, name, dimensions, integers: type !== undefined && isInteger(type) }
    const assumed: number[] = []
    const shape = dimensions.map((dimension, axis) => {
      if (typeof dimension === "number") return fixedSize(open, axis, dimension, options.batch, fail)
      const bound = dimension === undefined ? undefined : sizeOfSymbol(dimension, symbols)
      if (bound !== undefined) return bound
      const size = openSize(open, axis, options.batch, fail)
      if (!isBatch(dimensions, axis)) assumed.push(axis)
      if (dimension !== undefined) symbols.set(dimension, size)
      return size
    })
    if (dimensions[0] === 1 && shape[0] !== 1)
      notes.push(`input "${name}": the file fixes batch 1; read with batch ${shape[0]}`)
    if (assumed.length > 0)
      notes.push(
        `input "${name}" has no fixed size in dimension${assumed.length === 1 ? "" : "s"} ${assumed.join(", ")}: read as ${formatShape(shape)}; give its shape to change that`,
      )
    shapes.set(name, shape)
  }
  return { shapes, symbols, notes, batch: batchOf(inputs, shapes) }
}
