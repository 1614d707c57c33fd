/** Kernel, strides, dilations and pads, shared by Conv and the pools. Source: ONNX Conv-22, MaxPool-22, AveragePool-22. */
import { intsAttribute, stringAttribute } from "../attributes.ts"
import type { OnnxNode } from "../node.ts"
import { formatShape, type Shape } from "../shape.ts"

/** One entry for each spatial axis. */
export interface SlidingWindow {
  readonly kernel: Shape
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  readonly padsBegin: readonly number[]
  readonly padsEnd: readonly number[]
  readonly out: Shape
}

/** A list attribute with one entry for each of `count` axes, or that many defaults. */
export const perAxis = (
  node: OnnxNode,
  name: string,
  count: number,
  fallback: number,
  least: number,
): readonly number[] => {
  const values = intsAttribute(node, name) ?? Array.from({ length: count }, () => fallback)
  if (values.length !== count || values.some((value) => !Number.isSafeInteger(value) || value < least))
    throw node.fail(
      `Attribute ${name} of ${node.opType} should be ${count} whole numbers of at least ${least}, found [${values.join(", ")}].`,
    )
  return values
}

/** Which side gets the odd row: SAME_UPPER the end, SAME_LOWER the beginning. */
export const splitPads = (total: number, mode: string): readonly [begin: number, end: number] => {
  const less = Math.floor(total / 2)
  return mode === "SAME_UPPER" ? [less, total - less] : [total - less, less]
}

export const autoPad = (node: OnnxNode): string => {
  const mode = stringAttribute(node, "auto_pad") ?? "NOTSET"
  if (!["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"].includes(mode))
    throw node.fail(`Attribute auto_pad is "${mode}".`, "It must be NOTSET, VALID, SAME_UPPER or SAME_LOWER.")
  return mode
}

/**
 * Window positions over `spatial`. Rounding up (ceil_mode) never adds a position that starts in the end padding.
 * Throws WorkloadError when the window does not fit.
 */
export const slidingWindow = (
  node: OnnxNode,
  spatial: Shape,
  kernel: Shape,
  rounding: "floor" | "ceil",
): SlidingWindow => {
  const count = spatial.length
  const mode = autoPad(node)
  const strides = perAxis(node, "strides", count, 1, 1)
  const dilations = perAxis(node, "dilations", count, 1, 1)
  const padsBegin: number[] = []
  const padsEnd: number[] = []
  const explicit = mode === "NOTSET" ? perAxis(node, "pads", 2 * count, 0, 0) : []
  const out = spatial.map((size, axis) => {
    const extent = dilations[axis] * (kernel[axis] - 1) + 1
    const stride = strides[axis]
    if (mode === "SAME_UPPER" || mode === "SAME_LOWER") {
      const positions = Math.ceil(size / stride)
      const [begin, end] = splitPads(Math.max((positions - 1) * stride + extent - size, 0), mode)
      padsBegin.push(begin)
      padsEnd.push(end)
      return positions
    }
    const begin = explicit[axis] ?? 0
    const end = explicit[axis + count] ?? 0
    padsBegin.push(begin)
    padsEnd.push(end)
    const steps = (size + begin + end - extent) / stride
    if (rounding === "floor") return Math.floor(steps) + 1
    const rounded = Math.ceil(steps)
    return rounded * stride >= size + begin ? rounded : rounded + 1
  })
  if (out.some((size) => size < 1))
    throw node.fail(
      `A kernel of ${formatShape(kernel)} does not fit into an input of ${formatShape(spatial)}: the output would be ${formatShape(out)}.`,
      "Give a larger input with --input-shape.",
    )
  return { kernel, strides, dilations, padsBegin, padsEnd, out }
}
