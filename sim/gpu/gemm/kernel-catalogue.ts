/** The kernels that a library offers for one kind of GEMM on one architecture, with the constants that time them. */
import type { GpuGemm } from "./gemm-request.ts"

/** A thread block's share of C: `m` tokens × `n` outputs. */
export interface CtaTile {
  readonly m: number
  readonly n: number
}

/**
 * How thread blocks walk C. `swizzled`: in stripes `rasterWidth` tiles of n wide, so that neighbours share both operands.
 * `along-n`: all of n for a few rows of m before the next, so that the weight streams again for every wave of rows.
 */
export type Raster = "swizzled" | "along-n"

/** Plain numbers, in cycles, bytes and seconds, of one library's kernels for one kind of operand. */
export interface KernelFamily {
  readonly tiles: readonly CtaTile[]
  /** Ways to split the reduction over thread blocks; 1 is none. */
  readonly splits: readonly number[]
  /** Bytes of k that a pipeline stage holds for each row, and how many stages are in flight. */
  readonly stageBytes: number
  readonly stages: number
  readonly raster: Raster
  /** Tiles of n that a stripe of a swizzled walk is wide. */
  readonly rasterWidth: number
  /** Rows of tiles that a walk along n takes together at least. */
  readonly rasterRows: number
  /** Share of the tensor peak that an SM full of warps issues. */
  readonly issueEfficiency: number
  /** Extra time of a lone resident thread block: 1 + residentStall ÷ resident blocks. */
  readonly residentStall: number
  /** Edge cost of a tile in elements: 1 + tileOverhead·(1/m + 1/n). */
  readonly tileOverhead: number
  /** Operand bytes per cycle that one thread block, and all of an SM, take in. */
  readonly ctaIngress: number
  readonly smIngress: number
  /** Cycles that a thread block waits for each 128 bytes of k, whatever its tile. */
  readonly stepLatency: number
  /** Operand bytes per cycle that L2 delivers to each SM when all stream. */
  readonly l2PerSm: number
  /** Part of L2 that keeps data from one run to the next. */
  readonly l2Resident: number
  /** Share of the data sheet's DRAM bandwidth. */
  readonly dramEfficiency: number
  /** p of the p-norm that joins overlapping resources; ∞ would be perfect overlap. */
  readonly overlapExponent: number
  /** Cycles from the start of a round of thread blocks to its first multiply, and from its last result to its end. */
  readonly fill: number
  /** Bytes of 32-bit sums per cycle that one SM turns into results: every sum passes through registers and shared memory. */
  readonly epilogueRate: number
  /** Share of split-K's partial sums that pass through L2. */
  readonly partialTraffic: number
  /** Seconds for the second pass over partial sums that split-K needs. */
  readonly reductionLaunch: number
  /** Seconds between back-to-back kernels, and the least time from one to the next. */
  readonly launchGap: number
  readonly launchFloor: number
  /** Sustained over boost clock while power is below its limit. */
  readonly clockOverBoost: number
  /** Joules for each multiply or add, and for each byte from L2 and DRAM, at that clock. */
  readonly operationEnergy: number
  readonly l2Energy: number
  readonly dramEnergy: number
  /** Energy falls as the clock to this power, because voltage falls with it. */
  readonly voltageExponent: number
  /** Time constant of the power controller in seconds: shorter work is over before the clock has come down. */
  readonly settling: number
  /** Power that the board allows until then, over its limit. */
  readonly surge: number
}

/** What tells kernel families of a library apart. */
export interface FamilyKey {
  readonly library: GpuGemm["library"]
  readonly formats: readonly string[]
}

/** Bytes of registers of a thread block: fp32 or int32 accumulators, and 64 registers a thread for the rest. */
const registerBytes = (tile: CtaTile): number => {
  const area = tile.m * tile.n
  const threads = area >= 32768 ? 256 : 128
  return 4 * area + 4 * 64 * threads
}

/**
 * Thread blocks that fit on an SM at once: by registers and by the shared memory of their pipeline stages; at least one,
 * since a catalogue holds kernels that run, and at most four, past which nothing more is hidden.
 */
export const occupancy = (
  tile: CtaTile,
  family: KernelFamily,
  sm: { readonly registers: number; readonly sharedMemory: number },
): number => {
  const shared = (tile.m + tile.n) * family.stageBytes * family.stages
  const fit = Math.min(Math.floor(sm.registers / registerBytes(tile)), Math.floor(sm.sharedMemory / shared))
  return Math.max(1, Math.min(4, fit))
}
