/** nmSPARSE: vector-wise N:M on CUDA cores with one 32 × 32 tile that gathers before it multiplies. */
import type { GpuMachine } from "../../../arch/machine.ts"
import type { NmPattern } from "../../../dataflows/sparsity/nm-pattern.ts"
import type { KernelTime } from "./kernel-time.ts"
import type { ProductShape } from "./product-shape.ts"
import { type SimtConstants, type SimtTile, simtTileTime } from "./simt-tile.ts"

/** Uncompressed k of an iteration: 128 at half density, else 256 (the launcher in github M-H482/NM-SpMM). */
const depthOf = (density: number): number => (density === 0.5 ? 128 : 256)
/** Each kept row reads one index sector of 32 bytes into registers: the index of every column is stored, one is used. */
const indexSector = 32

const tileOf = ({ n, m }: NmPattern): SimtTile => {
  const density = n / m
  const depth = depthOf(density)
  const keptDepth = Math.floor(depth * density)
  return {
    name: `32x32x${depth}`,
    rows: 32,
    columns: 32,
    threadRows: 4,
    threadColumns: 4,
    depth,
    keptDepth,
    loadedDepth: keptDepth,
    reservedDepth: keptDepth,
    indexBytes: keptDepth * indexSector,
    sharedIndexBytes: 0,
    buffers: 1,
    registersPerThread: 64,
    splitK: 1,
    order: "rows first",
  }
}

/** Time of nmSPARSE; the weight is k × n with `pattern` along k. */
export const nmSparseTime = (
  machine: GpuMachine,
  constants: SimtConstants,
  shape: ProductShape,
  pattern: NmPattern,
): KernelTime => simtTileTime(machine, constants, shape, tileOf(pattern))
