/** Dense fp32 product on CUDA cores: the baseline of every kernel without tensor cores. */
import type { GpuMachine } from "../../../arch/machine.ts"
import { fastest, type KernelTime } from "./kernel-time.ts"
import type { ProductShape } from "./product-shape.ts"
import { type SimtConstants, type SimtTile, simtTileTime } from "./simt-tile.ts"

/** Tiles of CUTLASS' fp32 SIMT kernels, the open stand-in for the library's own. */
const catalogue = [
  { rows: 128, columns: 128, threadRows: 8, threadColumns: 8 },
  { rows: 128, columns: 64, threadRows: 8, threadColumns: 8 },
  { rows: 64, columns: 128, threadRows: 8, threadColumns: 8 },
  { rows: 64, columns: 64, threadRows: 8, threadColumns: 4 },
  { rows: 32, columns: 128, threadRows: 8, threadColumns: 4 },
] as const
const splits = [1, 2, 4, 8] as const
const depth = 8

const tiles: readonly SimtTile[] = catalogue.flatMap((shape) =>
  splits.map((splitK) => ({
    ...shape,
    name: `${shape.rows}x${shape.columns}x${depth}${splitK === 1 ? "" : ` split ${splitK}`}`,
    depth,
    keptDepth: depth,
    loadedDepth: depth,
    reservedDepth: depth,
    indexBytes: 0,
    sharedIndexBytes: 0,
    buffers: 2,
    registersPerThread:
      shape.threadRows * shape.threadColumns + 2 * (shape.threadRows + shape.threadColumns) + 30,
    splitK,
    order: "columns first",
  })),
)

/** Best time of a dense fp32 product. */
export const sgemmTime = (machine: GpuMachine, constants: SimtConstants, shape: ProductShape): KernelTime =>
  fastest(tiles.map((tile) => simtTileTime(machine, constants, shape, tile)))
