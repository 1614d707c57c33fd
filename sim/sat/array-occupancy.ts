/** Which rectangle of the array each fold of a product fills, and for how many streaming cycles. */
import type { Gemm, MappedGemm } from "../../dataflows/gemm.ts"
import { foldsOf } from "../../dataflows/folds.ts"
import { keptInTile, trips } from "../../dataflows/tiling.ts"
import type { ArrayShape } from "./array-timing.ts"
import type { Mapping } from "./best-mapping.ts"

/** Folds that fill the processing elements of `rows` rows and `cols` columns, from the first of each on. */
export interface FilledRectangle {
  readonly rows: number
  readonly cols: number
  folds: number
  /** Cycles in which operands stream through these folds. */
  cycles: number
}

/** Folds along one side of the array: `whole` of them fill it, and a last one may fill `rest` lines. */
const sidesOf = (extent: number, lines: number): readonly (readonly [filled: number, folds: number])[] => {
  const whole = Math.floor(extent / lines)
  const rest = extent - whole * lines
  return [
    [lines, whole],
    [rest, rest > 0 ? 1 : 0],
  ]
}

/** Sizes of tiles along one dimension, and how many there are of each. */
const cut = (extent: number, tile: number): readonly (readonly [size: number, count: number])[] => {
  const last = extent - (trips(extent, tile) - 1) * tile
  return [
    [tile, trips(extent, tile) - 1],
    [last, 1],
  ]
}

/** Rectangles by "ROWSxCOLS". */
export type FilledRectangles = Map<string, FilledRectangle>

/** Adds the folds of a product held on chip, `times` over; `gemm.k` is the reduction length that the multipliers see. */
const addFolds = (
  gemm: Gemm,
  dataflow: Mapping["dataflow"],
  { rows, cols }: Pick<ArrayShape, "rows" | "cols">,
  times: number,
  into: FilledRectangles,
): void => {
  if (times === 0) return
  const { rowExtent, colExtent, steps } = foldsOf(gemm, dataflow, rows, cols)
  for (const [filledRows, rowFolds] of sidesOf(rowExtent, rows)) {
    for (const [filledCols, colFolds] of sidesOf(colExtent, cols)) {
      const folds = rowFolds * colFolds * times
      if (folds === 0) continue
      const key = `${filledRows}x${filledCols}`
      const rectangle = into.get(key) ?? { rows: filledRows, cols: filledCols, folds: 0, cycles: 0 }
      rectangle.folds += folds
      rectangle.cycles += folds * steps
      into.set(key, rectangle)
    }
  }
}

/**
 * Adds the rectangles of a mapped product, all `count` of it, tile by tile. Their cycles are the array's streaming cycles:
 * `GemmCost.busy`.
 */
export const addFilledRectangles = (
  work: MappedGemm,
  { dataflow, tiling }: Mapping,
  array: Pick<ArrayShape, "rows" | "cols">,
  into: FilledRectangles,
): void => {
  const { m, n, k } = work.gemm
  for (let from = 0; from < k; from += tiling.k) {
    const kept = keptInTile(work, from, Math.min(tiling.k, k - from))
    for (const [tileM, countM] of cut(m, tiling.m)) {
      for (const [tileN, countN] of cut(n, tiling.n)) {
        addFolds({ m: tileM, n: tileN, k: kept }, dataflow, array, countM * countN * work.count, into)
      }
    }
  }
}

/** Counters of the rectangles, "component/action" → count: component `filled.ROWSxCOLS`, actions `folds` and `cycles`. */
export const filledCounts = (rectangles: FilledRectangles): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...rectangles].flatMap(([key, { folds, cycles }]) => [
      [`filled.${key}/folds`, folds],
      [`filled.${key}/cycles`, cycles],
    ]),
  )

/** Rectangles of a product that is held on chip as a whole, once. */
export const filledByProduct = (
  gemm: Gemm,
  dataflow: Mapping["dataflow"],
  array: Pick<ArrayShape, "rows" | "cols">,
): FilledRectangles => {
  const into: FilledRectangles = new Map()
  addFolds(gemm, dataflow, array, 1, into)
  return into
}
