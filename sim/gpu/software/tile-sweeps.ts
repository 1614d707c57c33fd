/** DRAM traffic of a grid of output tiles whose operands do not fit in L2. */
import type { GpuMachine } from "../../../arch/machine.ts"
import { hitShare } from "../gemm/l2-residency.ts"

/** Share of L2 that one operand gets while others stream through. Assumed; GEMM libraries were fitted to 0.4 to 0.8. */
const operandShareOfL2 = 0.8

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
    1 + (passes - 1) * (1 - hitShare(bytes / (operandShareOfL2 * l2.capacity.value)))
  return {
    outerOperand: sweeps(inner / across, outerOperandBytes),
    innerOperand: sweeps(outer / down, innerOperandBytes),
  }
}
