/** A tiled fp16 product on tensor cores, dense or with mma.sp, whose blocks start and end together in rounds. */
import type { GpuMachine } from "../../../arch/machine.ts"
import { boardRates } from "./board-rates.ts"
import { type KernelTime, kernelTime } from "./kernel-time.ts"

const halfBytes = 2

export interface TensorConstants {
  /** Multiply-accumulates per cycle, over the peak with fp32 accumulation. */
  readonly efficiency: number
  /** Bytes per cycle that L2 delivers to one SM in this kernel. */
  readonly l2Rate: number
  /** Cycles from the start of a round to its first multiplication. */
  readonly fillLatency: number
  /** Share of a round's output that is written while no block multiplies. */
  readonly exposedWrites: number
  /** Seconds. */
  readonly launch: number
}

export interface TensorTile {
  readonly name: string
  readonly rows: number
  readonly columns: number
  readonly blocksPerSm: number
}

/** What a kernel multiplies and reads, for an output of m × n. */
export interface TensorProduct {
  readonly m: number
  readonly n: number
  /** Reduction as the instructions see it, zeros that mma.sp skips included. */
  readonly issuedK: number
  /** Peak of these instructions over dense ones: 1 or the architecture's multiplier for 2:4. */
  readonly rateMultiplier: number
  /** Bytes that one block reads from L2 over the whole reduction, for each row of its tile. */
  readonly bytesPerRow: number
  /** The same for each column. */
  readonly bytesPerColumn: number
  /** Bytes of both operands that leave DRAM at least once. */
  readonly operandBytes: number
  /** Cycles that every round waits besides, e.g. for an index before the first load. */
  readonly extraRoundLatency: number
  readonly denseEquivalent: number
  readonly kept: number
}

/**
 * Every round takes what its resident blocks take together, however few the last round has: a block alone does not issue
 * faster than in company. Seen in the Spatha and cuSPARSELt cases, whose times follow the number of rounds to 3 %.
 */
export const tensorTileTime = (
  machine: GpuMachine,
  constants: TensorConstants,
  product: TensorProduct,
  tile: TensorTile,
): KernelTime => {
  const rates = boardRates(machine)
  const { m, n } = product
  const blocks = Math.ceil(m / tile.rows) * Math.ceil(n / tile.columns)
  const rounds = Math.ceil(blocks / (rates.sms * tile.blocksPerSm))
  const peak = machine.family.tensor["fp16"].value * product.rateMultiplier
  const outputs = tile.rows * tile.columns
  const perRound = (tile.blocksPerSm * outputs * product.issuedK) / (peak * constants.efficiency)
  const compute = (rounds * perRound) / rates.clock
  const outputBytes = halfBytes * m * n
  const written = (constants.exposedWrites * outputBytes) / rates.dram
  const latency = (rounds * (constants.fillLatency + product.extraRoundLatency)) / rates.clock + written
  const blockBytes = product.bytesPerRow * tile.rows + product.bytesPerColumn * tile.columns
  const l2Bytes = blocks * blockBytes + outputBytes
  const dramBytes = product.operandBytes + outputBytes
  const quantised = rounds * rates.sms * tile.blocksPerSm
  return kernelTime({
    launch: constants.launch,
    onChip: compute + latency,
    resources: {
      compute,
      sharedMemory: (blocks * blockBytes) / rates.sharedMemory,
      l2: (quantised * blockBytes + outputBytes) / (constants.l2Rate * rates.sms * rates.clock),
      dram: dramBytes / rates.dram,
      latency,
    },
    grid: { name: tile.name, blocks, blocksPerSm: tile.blocksPerSm, rounds },
    traffic: { sharedMemory: blocks * blockBytes, l2: l2Bytes, dram: dramBytes },
    operations: {
      denseEquivalent: product.denseEquivalent,
      kept: product.kept,
      issued: (blocks * outputs * product.issuedK) / product.rateMultiplier,
    },
  })
}
