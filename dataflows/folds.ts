/**
 * Folds: how many times the array is filled to cover a product. One fold maps one tile of the stationary operand onto the
 * rows × cols processing elements; the third dimension streams.
 */
import type { Dataflow } from "../arch/array-machine.ts"
import type { Gemm } from "./gemm.ts"

export interface Folds {
  /** Folds along the array's rows and columns. */
  readonly rowFolds: number
  readonly colFolds: number
  /** Elements mapped onto the rows and columns, all folds together. */
  readonly rowExtent: number
  readonly colExtent: number
  /** Steps that stream through one fold. */
  readonly steps: number
}

/**
 * OS keeps outputs: rows × cols = m × n, k streams. WS keeps weights: k × n, m streams. IS keeps inputs: k × m, n streams.
 * `gemm.k` is the reduction length that the multipliers see.
 */
export const foldsOf = (gemm: Gemm, dataflow: Dataflow, rows: number, cols: number): Folds => {
  const [rowExtent, colExtent, steps] =
    dataflow === "os"
      ? [gemm.m, gemm.n, gemm.k]
      : dataflow === "ws"
        ? [gemm.k, gemm.n, gemm.m]
        : [gemm.k, gemm.m, gemm.n]
  return {
    rowFolds: Math.ceil(rowExtent / rows),
    colFolds: Math.ceil(colExtent / cols),
    rowExtent,
    colExtent,
    steps,
  }
}

/** Mean over folds of the share of processing elements that hold something, in (0, 1]. */
export const mappingEfficiency = (folds: Folds, rows: number, cols: number): number =>
  (folds.rowExtent * folds.colExtent) / (folds.rowFolds * folds.colFolds * rows * cols)
