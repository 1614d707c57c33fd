/** A tiled fp32 product on CUDA cores: tiles in shared memory, a rectangle of outputs in the registers of every thread. */
import type { GpuMachine } from "../../../arch/machine.ts"
import { boardRates } from "./board-rates.ts"
import { type KernelTime, kernelTime } from "./kernel-time.ts"
import type { ProductShape } from "./product-shape.ts"
import { residentBlocks, roundsOf } from "./resident-blocks.ts"
import { softMaximum } from "./soft-maximum.ts"
import { operandSweeps } from "./tile-sweeps.ts"

const wordBytes = 4
const lanes = 32

/** What a library's inner loop reaches on one architecture. */
export interface SimtConstants {
  /** Multiply-accumulates issued per cycle, over the peak. */
  readonly issueEfficiency: number
  /** Cycles that a 128-bit load of one warp holds shared memory: 4 where no lanes share, less where they do. */
  readonly sharedLoadCycles: number
  /** Cycles from the first load of a main-loop iteration to its first use, where nothing hides them. */
  readonly loadLatency: number
  /** Cycles from one k-step of a warp to its next, where no other warp fills the gap; 0 where the loop is pipelined. */
  readonly stepLatency: number
  /** Seconds. */
  readonly launch: number
}

/** A kernel of a library. */
export interface SimtTile {
  readonly name: string
  readonly rows: number
  readonly columns: number
  readonly threadRows: number
  readonly threadColumns: number
  /** Uncompressed k of one iteration. */
  readonly depth: number
  /** Kept k of one iteration: the multiply-accumulates that each output gets. */
  readonly keptDepth: number
  /** Rows of k of the dense operand that are brought to shared memory in one iteration. */
  readonly loadedDepth: number
  /** Rows of k for which shared memory has room. */
  readonly reservedDepth: number
  /** Bytes of indices that one iteration reads. */
  readonly indexBytes: number
  /** Bytes of them for which shared memory has room: 0 where they go straight to registers. */
  readonly sharedIndexBytes: number
  /** 1, or 2 where the next tile loads while this one is used. */
  readonly buffers: 1 | 2
  readonly registersPerThread: number
  /** Thread blocks that share the reduction of one tile. */
  readonly splitK: number
  /** Along what blocks are numbered first: blocks that run together share the operand of the other direction. */
  readonly order: "columns first" | "rows first"
}

/**
 * Time of C = A · B with the kept rows of B compressed along k.
 *
 * An iteration of `c` resident blocks takes softMaximum(c · FMA, c · shared-memory loads, latency of one block); rounds and
 * iterations multiply it. Source of the structure: the kernels of github M-H482/NM-SpMM; limits: no bank conflicts, edges of
 * tiles count as full, clocks are the board's boost clock.
 */
export const simtTileTime = (
  machine: GpuMachine,
  constants: SimtConstants,
  { m, n, k }: ProductShape,
  tile: SimtTile,
): KernelTime => {
  const rates = boardRates(machine)
  const threads = (tile.rows / tile.threadRows) * (tile.columns / tile.threadColumns)
  const warps = threads / lanes
  const stageBytes = wordBytes * (tile.reservedDepth * tile.rows + tile.keptDepth * tile.columns)
  const perSm = residentBlocks(machine, {
    threads,
    registersPerThread: tile.registersPerThread,
    sharedMemory: tile.buffers * (stageBytes + tile.sharedIndexBytes),
  })
  const grid = { rows: Math.ceil(m / tile.rows), columns: Math.ceil(n / tile.columns) }
  const tiles = grid.rows * grid.columns
  const blocks = tiles * tile.splitK
  const iterations = Math.ceil(Math.ceil(k / tile.depth) / tile.splitK)
  const rounds = roundsOf(blocks, rates.sms, perSm)

  const fma =
    (tile.keptDepth * tile.rows * tile.columns) /
    (machine.family.sm.simtFp32.value * constants.issueEfficiency)
  const loads = tile.keptDepth * warps * ((tile.threadRows + tile.threadColumns) / 4)
  const shared = loads * constants.sharedLoadCycles
  const latency = constants.loadLatency + tile.keptDepth * constants.stepLatency
  const iteration = (resident: number): number =>
    resident === 0 ? 0 : softMaximum(resident * fma, resident * shared, latency)
  const cycles =
    iterations * (rounds.full * iteration(perSm) + iteration(rounds.last)) +
    rounds.count * constants.loadLatency
  const onBusiest = rounds.full * perSm + rounds.last

  const iterationBytes =
    wordBytes * (tile.loadedDepth * tile.rows + tile.keptDepth * tile.columns) + tile.indexBytes
  const outputBytes = wordBytes * m * n
  // Partial sums of a split reduction are added by atomics, which read and write in L2.
  const outputCrossings = tile.splitK === 1 ? 1 : 2 * tile.splitK
  const l2Bytes = blocks * iterations * iterationBytes + outputCrossings * outputBytes
  const keptK = (k * tile.keptDepth) / tile.depth
  const denseBytes = wordBytes * m * k
  const sparseBytes = wordBytes * keptK * n + (tile.indexBytes / tile.columns / tile.depth) * k * n
  const concurrent = Math.min(blocks, rates.sms * perSm)
  const [first, second] =
    tile.order === "columns first" ? [denseBytes, sparseBytes] : [sparseBytes, denseBytes]
  const [outer, inner] =
    tile.order === "columns first" ? [grid.rows, grid.columns] : [grid.columns, grid.rows]
  const sweeps = operandSweeps(machine, { outer, inner, concurrent }, first, second)
  const dramBytes =
    first * sweeps.outerOperand + second * sweeps.innerOperand + outputBytes * (tile.splitK === 1 ? 1 : 2)
  const issued = blocks * iterations * tile.keptDepth * tile.rows * tile.columns

  return kernelTime({
    launch: constants.launch,
    onChip: cycles / rates.clock,
    resources: {
      compute: (onBusiest * iterations * fma) / rates.clock,
      sharedMemory: (onBusiest * iterations * shared) / rates.clock,
      l2: l2Bytes / rates.l2,
      dram: dramBytes / rates.dram,
      latency: (rounds.count * (iterations * latency + constants.loadLatency)) / rates.clock,
    },
    grid: { name: tile.name, blocks, blocksPerSm: perSm, rounds: rounds.count },
    traffic: {
      // A 128-bit load delivers 16 bytes to each lane.
      sharedMemory: blocks * iterations * (loads * lanes * 16 + iterationBytes),
      l2: l2Bytes,
      dram: dramBytes,
    },
    operations: { denseEquivalent: m * n * k, kept: m * n * keptK, issued },
  })
}
