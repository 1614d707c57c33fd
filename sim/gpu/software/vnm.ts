/** V:N:M on sparse tensor cores (VENOM's Spatha, SC 2023): 2:4 instructions on four columns gathered out of every M. */
import type { GpuMachine } from "../../../arch/machine.ts"
import type { NmPattern } from "../../../dataflows/sparsity/nm-pattern.ts"
import { fastest, type KernelTime } from "./kernel-time.ts"
import type { ProductShape } from "./product-shape.ts"
import { residentBlocks } from "./resident-blocks.ts"
import { type TensorConstants, type TensorTile, tensorTileTime } from "./tensor-tile.ts"

/** Columns that a block of rows keeps of every M; mma.sp then keeps 2 of these 4 in every row. */
const keptColumns = 4
const valueBytes = 2
const columnIndexBytes = 4
/** Half of the values of a row, and 2 bits of metadata for each: bytes for every gathered column. */
const compressedBytes = (valueBytes + 2 / 8) / 2

export interface VnmConstants extends TensorConstants {
  /** Cycles that a round waits for column indices when they are not staged ahead (column-loc off). */
  readonly indexLatency: number
}

export interface VnmTile {
  readonly rows: number
  readonly columns: number
  readonly depth: number
  readonly stages: number
}

/** `staged`: the columns of a tile lie in shared memory before its first load, Spatha's column-loc; else they do not. */
export type ColumnLocation = "staged" | "not staged"

/** The tiles that the library's own sweep searches for V:N:M (benchmark scripts of github UDC-GAC/venom). */
const catalogue: readonly VnmTile[] = [32, 64, 128].map((rows) => ({
  rows,
  columns: 64,
  depth: 32,
  stages: 2,
}))

/** A warp holds 32 × 64 outputs: 64 accumulators a thread, and about as many registers again twice over. */
const warpOutputs = 32 * 64
const registersPerThread = 184

const blocksPerSm = (machine: GpuMachine, { rows, columns, depth, stages }: VnmTile): number =>
  residentBlocks(machine, {
    threads: 32 * Math.max(1, Math.round((rows * columns) / warpOutputs)),
    registersPerThread,
    sharedMemory: stages * depth * (compressedBytes * rows + valueBytes * columns),
  })

/** Share of B's rows that some block of rows gathers: 1 − (1 − 4/M)^blocks, for choices that are independent. */
const touchedShare = (m: number, blocks: number): number => 1 - (1 - keptColumns / m) ** blocks

/**
 * Time of C = S · B, S (m × k) in V:2:M, B (k × n) dense, fp16.
 *
 * The reduction shrinks to 4k/M, so compute falls with 2/M of dense and gathering with 4/M; writing C does not shrink, which
 * is why M/2 is not reached at small k. One list of columns serves all rows of a tile (V is the height of the tile): a list
 * for every 32 rows would move more of B at 2:100 than the measured times leave room for.
 */
export const vnmTime = (
  machine: GpuMachine,
  constants: VnmConstants,
  { m, n, k }: ProductShape,
  pattern: NmPattern,
  columnLocation: ColumnLocation,
  given?: VnmTile,
): KernelTime => {
  const issuedK = Math.ceil(k / pattern.m) * keptColumns
  const tiles = given === undefined ? catalogue : [given]
  return fastest(
    tiles.map((vnm) => {
      const tile: TensorTile = {
        name: `${vnm.rows}x${vnm.columns}x${vnm.depth}, ${vnm.stages} stages`,
        rows: vnm.rows,
        columns: vnm.columns,
        blocksPerSm: blocksPerSm(machine, vnm),
      }
      const rowBlocks = Math.ceil(m / vnm.rows)
      return tensorTileTime(
        machine,
        constants,
        {
          m,
          n,
          issuedK,
          rateMultiplier: machine.family.sparseMultiplier.value,
          bytesPerRow: issuedK * (compressedBytes + columnIndexBytes / vnm.rows),
          bytesPerColumn: issuedK * valueBytes,
          operandBytes:
            m * issuedK * compressedBytes +
            rowBlocks * issuedK * columnIndexBytes +
            valueBytes * k * n * touchedShare(pattern.m, rowBlocks),
          extraRoundLatency: columnLocation === "staged" ? 0 : constants.indexLatency,
          denseEquivalent: m * n * k,
          kept: m * n * Math.ceil(k / pattern.m) * pattern.n,
        },
        tile,
      )
    }),
  )
}
