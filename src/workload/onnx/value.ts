/** What is known of one value (edge) of the graph while it is read. */
import { type Constant, literalConstant } from "./constant.ts"
import type { Shape } from "./shape.ts"

export interface KnownValue {
  readonly shape: Shape
  /** Present when the content is in the file or follows from it. */
  readonly constant?: Constant
}

export interface UnknownValue {
  readonly shape: undefined
  /** Why, as the end of a sentence: `graph.node[3] "nms" (NonMaxSuppression) has a data-dependent shape`. */
  readonly because: string
  readonly remedy: string
}

export type Value = KnownValue | UnknownValue

export const known = (shape: Shape, constant?: Constant): KnownValue =>
  constant === undefined ? { shape } : { shape, constant }

export const constantValue = (constant: Constant): KnownValue => ({ shape: constant.shape, constant })

/** A one-dimensional int64 constant, as shape arithmetic uses them. */
export const integersValue = (values: readonly number[]): KnownValue =>
  constantValue(literalConstant("int64", [values.length], Float64Array.from(values)))

export const unknownValue = (because: string, remedy: string): UnknownValue => ({
  shape: undefined,
  because,
  remedy,
})

/** A rule needs a shape or a content that the file does not fix. The walk over the graph turns it into an unknown value
 * or, for operators that multiply, into an error. */
export class NotFixedByFile extends Error {
  readonly because: string
  readonly remedy: string
  constructor(because: string, remedy: string) {
    super(because)
    this.because = because
    this.remedy = remedy
  }
}
