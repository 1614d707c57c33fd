/** How long each processing element of the array multiplies: the closed form behind utilisation maps. */
import type { Dataflow } from "../../arch/array-machine.ts"
import { foldsOf } from "../../dataflows/folds.ts"
import type { Gemm } from "../../dataflows/gemm.ts"

/** Folds of `extent` elements over `size` places that reach place `at`. */
const foldsAt = (extent: number, size: number, at: number): number =>
  Math.max(0, Math.ceil((extent - at) / size))

/**
 * Cycles in which each of rows × cols processing elements multiplies elements of the tile (row-major); the sum is
 * m · n · k. `tile.k` is the reduction length that the multipliers see. A fold that does not fill the array leaves its far
 * rows and columns idle.
 */
export const peBusy = (tile: Gemm, dataflow: Dataflow, rows: number, cols: number): Int32Array => {
  const { rowExtent, colExtent, steps } = foldsOf(tile, dataflow, rows, cols)
  const busy = new Int32Array(rows * cols)
  for (let r = 0; r < rows; r++) {
    const perColumnFold = steps * foldsAt(rowExtent, rows, r)
    for (let c = 0; c < cols; c++) busy[r * cols + c] = perColumnFold * foldsAt(colExtent, cols, c)
  }
  return busy
}
