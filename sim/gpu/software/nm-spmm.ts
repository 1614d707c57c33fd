/** NM-SpMM: vector-wise N:M on CUDA cores, the best of four tiles and four splits of the reduction. */
import type { GpuMachine } from "../../../arch/machine.ts"
import type { NmPattern } from "../../../dataflows/sparsity/nm-pattern.ts"
import { fastest, type KernelTime } from "./kernel-time.ts"
import type { ProductShape } from "./product-shape.ts"
import { type SimtConstants, type SimtTile, simtTileTime } from "./simt-tile.ts"

/** Columns of the weight that share one choice of rows. */
const vectorLength = 32
const splits = [1, 2, 4, 8] as const

/** Tile rows, columns and the rectangle of a thread, of the four kernels in github M-H482/NM-SpMM. */
const catalogue = [
  { rows: 32, columns: 32, threadRows: 4, threadColumns: 4 },
  { rows: 32, columns: 64, threadRows: 8, threadColumns: 4 },
  { rows: 64, columns: 64, threadRows: 8, threadColumns: 8 },
  { rows: 64, columns: 128, threadRows: 8, threadColumns: 8 },
] as const

/** From this density down the kernel packs: it loads only the rows of k that some vector of its tile uses. */
const packingDensity = 0.25
const depthOf = (density: number): number => (density <= packingDensity ? 64 : 32)

/** Rows of k that at least one of `vectors` independent choices of density d keeps: 1 − (1 − d)^vectors. */
const unionShare = (density: number, vectors: number): number => 1 - (1 - density) ** vectors

const tilesOf = ({ n, m }: NmPattern): readonly SimtTile[] => {
  const density = n / m
  const depth = depthOf(density)
  const packs = density <= packingDensity
  return catalogue.flatMap((shape) => {
    const vectors = Math.ceil(shape.columns / vectorLength)
    const keptDepth = depth * density
    const outputs = shape.threadRows * shape.threadColumns
    const indexBytes = 4 * (keptDepth * vectors + (packs ? depth : 0))
    return splits.map((splitK) => ({
      ...shape,
      name: `${shape.rows}x${shape.columns}x${depth}${packs ? " packed" : ""}${splitK === 1 ? "" : ` split ${splitK}`}`,
      depth,
      keptDepth,
      loadedDepth: packs ? depth * unionShare(density, vectors) : depth,
      reservedDepth: depth,
      indexBytes,
      sharedIndexBytes: indexBytes,
      buffers: 2,
      // Accumulators, two sets of operands, the indices of an iteration and addresses.
      registersPerThread: outputs + 2 * (shape.threadRows + shape.threadColumns) + keptDepth + 40,
      splitK,
      order: "columns first",
    }))
  })
}

/** Best time of NM-SpMM; the weight is k × n with `pattern` along k. */
export const nmSpmmTime = (
  machine: GpuMachine,
  constants: SimtConstants,
  shape: ProductShape,
  pattern: NmPattern,
): KernelTime => fastest(tilesOf(pattern).map((tile) => simtTileTime(machine, constants, shape, tile)))
