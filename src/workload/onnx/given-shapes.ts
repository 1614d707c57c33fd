/** Input shapes that the user gives, checked against the file. */
import type { ValueInfoProto } from "onnx-buf"
import { didYouMean } from "../../../arch/nearest.ts"
import { isBatch } from "./default-sizes.ts"
import { dimensionsOf } from "./dimensions.ts"
import type { InputOptions, InputError } from "./graph-inputs.ts"
import { formatShape, type Shape } from "./shape.ts"

/** Given shapes by input name, and the symbols they fix for every other input. */
export interface GivenShapes {
  readonly shapes: ReadonlyMap<string, Shape>
  readonly symbols: ReadonlyMap<string, number>
}

/** Throws what `fail` makes when a name, a rank, a fixed size or the batch contradicts the file. */
export const checkGivenShapes = (
  inputs: readonly ValueInfoProto[],
  options: InputOptions,
  fail: InputError,
): GivenShapes => {
  const names = inputs.map(({ name }) => name)
  const shapes = new Map<string, Shape>(Object.entries(options.inputs ?? {}))
  for (const name of shapes.keys()) {
    if (!names.includes(name))
      throw fail(undefined, `The model has no input "${name}".`, didYouMean(name, names))
  }
  if (options.batch !== undefined && !(Number.isSafeInteger(options.batch) && options.batch > 0))
    throw fail(undefined, `Batch ${options.batch} is not a positive whole number.`)
  const symbols = new Map<string, number>()
  for (const [index, input] of inputs.entries()) {
    const shape = shapes.get(input.name)
    if (shape === undefined) continue
    const refuse = (reason: string) => fail(index, `The shape given, ${formatShape(shape)}, ${reason}`)
    if (!shape.every((size) => Number.isSafeInteger(size) && size > 0))
      throw refuse("must be of positive whole numbers.")
    const dimensions = dimensionsOf(input)
    if (dimensions === undefined) continue
    if (dimensions.length !== shape.length)
      throw refuse(`has ${shape.length} dimensions; the file declares ${dimensions.length}.`)
    if (options.batch !== undefined && isBatch(dimensions, 0) && shape[0] !== options.batch)
      throw refuse(`has batch ${shape[0]}, but batch ${options.batch} was asked for.`)
    for (const [axis, dimension] of dimensions.entries()) {
      if (typeof dimension === "number" && dimension !== shape[axis])
        throw refuse(`has ${shape[axis]} in dimension ${axis}, which the file fixes at ${dimension}.`)
      if (typeof dimension !== "string") continue
      const before = symbols.get(dimension)
      if (before !== undefined && before !== shape[axis])
        throw refuse(`has ${shape[axis]} for ${dimension}, which is ${before} in another place.`)
      symbols.set(dimension, shape[axis])
    }
  }
  return { shapes, symbols }
}
