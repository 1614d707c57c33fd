/** Buffer reads and writes that the array makes on one tile, in elements. */
import type { Dataflow } from "../../arch/array-machine.ts"
import type { Gemm } from "../../dataflows/gemm.ts"

export interface BufferAccesses {
  /** Operand A and B read from their buffers. */
  readonly aReads: number
  readonly bReads: number
  /** Sums written to and read back from the output buffer. */
  readonly cWrites: number
  readonly cReads: number
}

/**
 * `k` is the dense reduction length. `aK`, `bK` are what of it reaches the array of each line of A and B in one pass: the
 * kept elements of a compressed operand, `deliveredLength` of the dense one beside it, which comes in whole groups that the
 * processing elements select from.
 *
 * Each operand is read once per fold of the dimension that it does not have; sums are written once per fold of the
 * reduction, and every write but the first follows a read-back. `resumed` says that the tile continues sums of an earlier
 * tile. The register-level stepper of `stepper/` counts the same.
 */
export const bufferAccesses = (
  { m, n, k }: Gemm,
  aK: number,
  bK: number,
  dataflow: Dataflow,
  rows: number,
  cols: number,
  resumed: boolean,
): BufferAccesses => {
  const kept = Math.min(aK, bK, k)
  if (dataflow === "os") {
    return {
      aReads: m * aK * Math.ceil(n / cols),
      bReads: n * bK * Math.ceil(m / rows),
      cWrites: m * n,
      cReads: resumed ? m * n : 0,
    }
  }
  const reductionFolds = Math.ceil(kept / rows)
  const passes = Math.ceil((dataflow === "ws" ? n : m) / cols)
  return {
    aReads: dataflow === "ws" ? m * aK * passes : m * aK,
    bReads: dataflow === "ws" ? n * bK : n * bK * passes,
    cWrites: m * n * reductionFolds,
    cReads: m * n * (reductionFolds - (resumed ? 0 : 1)),
  }
}
