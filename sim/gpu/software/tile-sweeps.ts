/** DRAM traffic of a grid of output tiles whose operands do not fit in L2. */
import type { GpuMachine } from "../../../arch/machine.ts"
import { residentShare } from "./l2-residency.ts"

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

/**
 * How often each operand is read from DRAM. Blocks that run at once walk along k together, so they share what they read;
 * a later group of blocks reads the operand again, except for what it still finds in L2.
 */
export const operandSweeps = (
  { l2 }: GpuMachine,
  { outer, inner, concurrent }: TileGrid,
  outerOperandBytes: number,
  innerOperandBytes: number,
): OperandSweeps => {
  const across = Math.min(inner, concurrent)
  const down = Math.min(outer, Math.max(1, concurrent / inner))
  const sweeps = (passes: number, bytes: number): number =>
    1 + (passes - 1) * (1 - residentShare(bytes, l2.capacity.value))
  return {
    outerOperand: sweeps(inner / across, outerOperandBytes),
    innerOperand: sweeps(outer / down, innerOperandBytes),
  }
}
