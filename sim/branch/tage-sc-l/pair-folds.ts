/** The direction history, folded for every pair of TAGE components: once for the index and twice for the tag. */
import { rotated } from "../address-fold.ts"
import { foldedHistory } from "../folded-history.ts"
import { pinned } from "../pinned-array.ts"
import type { Pair } from "./geometry.ts"

/** Where `foldedHistory` keeps the folds of one width. */
export interface FoldKind {
  readonly width: number
  /** First of its sums. */
  readonly row: number
  /** Its place in `clock` and `newest`. */
  readonly at: number
}

export interface PairFolds {
  readonly sums: Int32Array
  readonly clock: Int32Array
  readonly newest: Int32Array
  /** The mask of a time. */
  readonly last: number
  /** By pair: the kinds of its three folds. */
  readonly index: readonly FoldKind[]
  readonly wide: readonly FoldKind[]
  readonly narrow: readonly FoldKind[]
  /** The three folds of a pair. */
  readonly indexFold: (pair: number) => number
  readonly wideFold: (pair: number) => number
  readonly narrowFold: (pair: number) => number
  /** Appends a direction bit. */
  readonly push: (bit: number) => void
}

export const pairFolds = (pairs: readonly Pair[]): PairFolds => {
  const widths = [...new Set(pairs.flatMap(({ indexFold, tagFolds }) => [indexFold, ...tagFolds]))]
  const longest = Math.max(...pairs.map(({ history }) => history))
  const { sums, capacity, clock, newest, push } = foldedHistory(widths, longest)
  const last = capacity - 1
  const lengths = pinned(pairs.map(({ history }) => history))
  const kind = (width: number): FoldKind => {
    const k = widths.indexOf(width)
    return { width, row: k * capacity, at: 1 + k }
  }
  const index = pairs.map(({ indexFold }) => kind(indexFold))
  const wide = pairs.map(({ tagFolds }) => kind(tagFolds[0]))
  const narrow = pairs.map(({ tagFolds }) => kind(tagFolds[1]))
  const columns = (kinds: readonly FoldKind[]) =>
    [
      pinned(kinds.map(({ at }) => at)),
      pinned(kinds.map(({ row }) => row)),
      pinned(kinds.map(({ width }) => width)),
    ] as const
  const [indexAt, indexRow, indexWidth] = columns(index)
  const [wideAt, wideRow, wideWidth] = columns(wide)
  const [narrowAt, narrowRow, narrowWidth] = columns(narrow)
  const fold = (pair: number, at: number, row: number, width: number): number =>
    rotated(newest[at] ^ sums[row | ((clock[0] - lengths[pair]) & last)], clock[at], width)
  return {
    sums,
    clock,
    newest,
    last,
    index,
    wide,
    narrow,
    indexFold: (pair) => fold(pair, indexAt[pair], indexRow[pair], indexWidth[pair]),
    wideFold: (pair) => fold(pair, wideAt[pair], wideRow[pair], wideWidth[pair]),
    narrowFold: (pair) => fold(pair, narrowAt[pair], narrowRow[pair], narrowWidth[pair]),
    push,
  }
}
