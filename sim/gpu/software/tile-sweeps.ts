/** DRAM traffic of a grid of output tiles whose operands do not fit in L2. */
import type { GpuMachine } from "../../../arch/machine.ts"

export interface TileGrid {
  /** Tiles along the direction in which block numbers grow slowly, and along the one in which they grow fast. */
  readonly outer: number
  readonly inner: number
  /** Blocks that run at once on the whole board. */
  readonly concurrent: number
}

export interface OperandSweeps {
  /** Times that the operand indexed along the outer direction is read. */
  readonly outerOperand: number
  readonly innerOperand: number
}

/** Share of L2 that an operand may fill and still be found there the next time. Assumed: half; the rest streams. */
const keptShareOfL2 = 0.5

/**
 * How often each operand is read from DRAM. Blocks that run at once walk along k together, so they share what they read;
 * a later group of blocks reads the operand again unless it stayed in L2.
 */
export const operandSweeps = (
  { l2 }: GpuMachine,
  { outer, inner, concurrent }: TileGrid,
  outerOperandBytes: number,
  innerOperandBytes: number,
): OperandSweeps => {
  const across = Math.min(inner, concurrent)
  const down = Math.min(outer, Math.max(1, concurrent / inner))
  const stays = (bytes: number): boolean => bytes <= keptShareOfL2 * l2.capacity.value
  return {
    outerOperand: stays(outerOperandBytes) ? 1 : inner / across,
    innerOperand: stays(innerOperandBytes) ? 1 : outer / down,
  }
}
