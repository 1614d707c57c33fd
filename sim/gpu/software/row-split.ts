/** Unstructured SpMM on CUDA cores, split by rows (Sputnik, SC 2020): every kept weight gathers a row of the dense operand. */
import type { GpuMachine } from "../../../arch/machine.ts"
import { boardRates } from "./board-rates.ts"
import { type KernelTime, kernelTime } from "./kernel-time.ts"
import type { ProductShape } from "./product-shape.ts"
import { softMaximum } from "./soft-maximum.ts"
import { operandSweeps } from "./tile-sweeps.ts"

const wordBytes = 4
/** A column index and a value. */
const entryBytes = 8
/** Rows and columns of a thread block of one warp, of the library's kernel for columns that are a multiple of 4. */
const tileRows = 4
const tileColumns = 64

export interface RowSplitConstants {
  /** Bytes per cycle of one SM that gathering from L2 reaches. */
  readonly gatherRate: number
  /** Rows that run so close together that a gathered line still lies in L1. */
  readonly rowsInStep: number
  /** Thread blocks of one warp that an SM holds. */
  readonly blocksPerSm: number
  /** Seconds. */
  readonly launch: number
}

/**
 * Lines that `rows` rows of density d need in L2, over those they gather: (1 − (1 − d)^rows) / (rows · d). A row finds a
 * line in L1 when another row in step with it keeps the same column; denser rows share more.
 */
const missShare = (density: number, rows: number): number => (1 - (1 - density) ** rows) / (rows * density)

/** Share of the last round that is lost: blocks end at different times, so others run faster meanwhile. Assumed: half. */
const tailShare = 0.5

/**
 * Time of C = S · B, S (m × k) unstructured with a share `density` kept, B (k × n) dense.
 *
 * Rows are sorted by length before the launch, as the library does, so that the four rows of a warp end together; the
 * spread of row lengths is left out. Limits: fp32, n a multiple of 4. On GA10x and Ada the measured times of dense masks fall in
 * two groups a factor of 2 apart, by whether rows stay in step; nothing in the cases tells which, so the model lies between.
 */
export const rowSplitTime = (
  machine: GpuMachine,
  constants: RowSplitConstants,
  { m, n, k }: ProductShape,
  density: number,
): KernelTime => {
  const rates = boardRates(machine)
  const grid = { rows: Math.ceil(m / tileRows), columns: Math.ceil(n / tileColumns) }
  const blocks = grid.rows * grid.columns
  const inRounds = blocks / (rates.sms * constants.blocksPerSm)
  const rounds = Math.ceil(inRounds)
  const tail = 1 + (tailShare * (rounds - inRounds)) / inRounds
  const kept = m * k * density
  const issued = grid.rows * tileRows * k * density * grid.columns * tileColumns
  const gathered = wordBytes * issued
  const entries = kept * entryBytes * grid.columns
  const denseBytes = wordBytes * k * n
  const l2Bytes = gathered * missShare(density, constants.rowsInStep) + entries + wordBytes * m * n
  const sharedBytes = gathered + entries
  // Blocks are numbered along the rows first: the sparse operand is read again for every group of columns.
  const sweeps = operandSweeps(
    machine,
    {
      outer: grid.columns,
      inner: grid.rows,
      concurrent: Math.min(blocks, rates.sms * constants.blocksPerSm),
    },
    denseBytes,
    kept * entryBytes,
  )
  const dramBytes =
    denseBytes * sweeps.outerOperand + kept * entryBytes * sweeps.innerOperand + wordBytes * m * n
  const compute = (issued / rates.simtFp32) * tail
  const sharedMemory = (sharedBytes / rates.sharedMemory) * tail
  const l2 = (l2Bytes / (constants.gatherRate * rates.sms * rates.clock)) * tail
  return kernelTime({
    launch: constants.launch,
    onChip: softMaximum(compute, sharedMemory),
    resources: { compute, sharedMemory, l2, dram: dramBytes / rates.dram, latency: 0 },
    grid: { name: `${tileRows}x${tileColumns} rows`, blocks, blocksPerSm: constants.blocksPerSm, rounds },
    traffic: { sharedMemory: sharedBytes, l2: l2Bytes, dram: dramBytes },
    operations: { denseEquivalent: m * n * k, kept: kept * n, issued },
  })
}
