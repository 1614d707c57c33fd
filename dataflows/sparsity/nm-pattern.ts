/** N:M sparsity: at most N non-zeros in every group of M consecutive elements along one axis. */

export interface NmPattern {
  readonly n: number
  readonly m: number
}

/** "2:8" → {n: 2, m: 8}; undefined when the text is not N:M with 1 ≤ N ≤ M. Spaces around the numbers are allowed. */
export const parseNmPattern = (text: string): NmPattern | undefined => {
  const match = /^\s*(\d{1,6})\s*:\s*(\d{1,6})\s*$/.exec(text)
  if (match === null) return undefined
  const n = Number(match[1])
  const m = Number(match[2])
  return n >= 1 && m >= n ? { n, m } : undefined
}

export const formatNmPattern = ({ n, m }: NmPattern): string => `${n}:${m}`

export const isDense = ({ n, m }: NmPattern): boolean => n === m

/**
 * Elements kept of `length` elements along the grouped axis, when every group holds its full N: whole groups keep N, a
 * tail group of t < M elements keeps min(N, t).
 */
export const keptLength = (length: number, { n, m }: NmPattern): number =>
  Math.floor(length / m) * n + Math.min(n, length % m)
