/** DRAM traffic of a grid of output tiles whose operands do not fit in L2. */
import type { GpuMachine } from "../../../arch/machine.ts"

export interface TileGrid {
  /** Tiles along the rows and the columns of the output; blocks are numbered along the columns first. */
  readonly rows: number
  readonly columns: number
  /** Blocks that run at once on the whole board. */
  readonly concurrent: number
}

/** Share of L2 that an operand may fill and still be found there the next time. Assumed: half; the rest streams. */
const keptShareOfL2 = 0.5

/**
 * How often each operand is read from DRAM. Blocks that run at once walk along k together, so they share what they read;
 * a later group of blocks reads the operand again unless it stayed in L2.
 */
export const operandSweeps = (
  { l2 }: GpuMachine,
  grid: TileGrid,
  rowOperandBytes: number,
  columnOperandBytes: number,
): { readonly rowOperand: number; readonly columnOperand: number } => {
  const across = Math.min(grid.columns, grid.concurrent)
  const down = Math.min(grid.rows, Math.max(1, grid.concurrent / grid.columns))
  const stays = (bytes: number): boolean => bytes <= keptShareOfL2 * l2.capacity.value
  return {
    rowOperand: stays(rowOperandBytes) ? 1 : grid.columns / across,
    columnOperand: stays(columnOperandBytes) ? 1 : grid.rows / down,
  }
}
