/** Tensors whose content is in the file, read or computed only when asked for. */
import type { ElementType, Elements } from "./element-type.ts"
import { elementsIn, type Shape } from "./shape.ts"

export interface Constant {
  readonly shape: Shape
  readonly type: ElementType
  /** Elements that `load` touches, everything it computes from included. */
  readonly work: number
  /** Row-major. The array may be shared: callers must not write to it. */
  readonly load: () => Elements
}

/** Results up to this size are kept, so that chains of shape arithmetic are computed once. */
const keepUpTo = 65_536

/** Beyond this many elements touched, a computed tensor is treated as one whose content is unknown. */
const workLimit = 2 ** 32

/**
 * A tensor computed from constants. Undefined when computing it would be out of proportion: graphs that combine a large
 * constant with itself over and over would otherwise take exponential time.
 */
export const derivedConstant = (
  type: ElementType,
  shape: Shape,
  inputs: readonly Constant[],
  compute: () => Elements,
): Constant | undefined => {
  const count = elementsIn(shape)
  const work = count + inputs.reduce((sum, input) => sum + input.work, 0)
  if (work > workLimit) return undefined
  if (count > keepUpTo) return { shape, type, work, load: compute }
  let kept: Elements | undefined
  return { shape, type, work: count, load: () => (kept ??= compute()) }
}

/** A small tensor that is known outright, such as the shape of a value. */
export const literalConstant = (type: ElementType, shape: Shape, elements: Elements): Constant => ({
  shape,
  type,
  work: elements.length,
  load: () => elements,
})

/** The same elements under another shape. */
export const reshapedConstant = (constant: Constant, shape: Shape): Constant => ({ ...constant, shape })
