/** Which elements of a tensor form the N:M groups: M consecutive elements along one axis of a row-major tensor. */
import { ConfigError, WorkloadError } from "../../arch/errors.ts"
import { formatNmPattern, type NmPattern } from "./nm-pattern.ts"

/**
 * A row-major tensor seen as `outer × stride` lines of `length` elements along the grouped axis. Element `j` of line
 * (`o`, `i`) lies at flat index `(o × length + j) × stride + i`; its group is the j-th div M of the line.
 */
export interface Grouping {
  /** Product of the dimensions before the axis. */
  readonly outer: number
  /** Elements along the axis. */
  readonly length: number
  /** Product of the dimensions after the axis: distance in elements between neighbours along it. */
  readonly stride: number
  readonly lines: number
  /** ⌈length / M⌉; the last group of a line is shorter when M does not divide the length. */
  readonly groupsPerLine: number
}

/**
 * Groups of `shape` along `axis` (0 is the outermost).
 *
 * Throws WorkloadError when `elements` is not the product of `shape` or the axis does not exist, ConfigError when the
 * pattern is not N:M with 1 ≤ N ≤ M.
 */
export const groupAlong = (
  elements: number,
  shape: readonly number[],
  axis: number,
  pattern: NmPattern,
): Grouping => {
  const { n, m } = pattern
  if (!Number.isInteger(n) || !Number.isInteger(m) || n < 1 || m < n) {
    throw new ConfigError({
      message: `${formatNmPattern(pattern)} is not a sparsity pattern: expected whole numbers with 1 ≤ N ≤ M.`,
    })
  }
  const shown = `[${shape.join(", ")}]`
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new WorkloadError({ message: `Tensor shape ${shown} has a dimension that is not a whole number.` })
  }
  const product = shape.reduce((a, b) => a * b, 1)
  if (product !== elements) {
    throw new WorkloadError({
      message: `Tensor of shape ${shown} needs ${product} elements, found ${elements}.`,
    })
  }
  if (!Number.isInteger(axis) || axis < 0 || axis >= shape.length) {
    throw new WorkloadError({
      message: `Tensor of shape ${shown} has no axis ${axis}: expected 0 to ${shape.length - 1}.`,
    })
  }
  const outer = shape.slice(0, axis).reduce((a, b) => a * b, 1)
  const length = shape[axis]
  const stride = shape.slice(axis + 1).reduce((a, b) => a * b, 1)
  return { outer, length, stride, lines: outer * stride, groupsPerLine: Math.ceil(length / m) }
}
