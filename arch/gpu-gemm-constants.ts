/**
 * What only measurements tell of an architecture's GEMM libraries: how well their inner loops run, what L2 keeps, what
 * launches and operations cost. Fitted numbers say on which measurements.
 */
import * as Schema from "effect/Schema"
import { quantity } from "./quantity.ts"

const ratio = quantity({ dimension: "dimensionless", min: 0, max: 100 })
const share = quantity({ dimension: "dimensionless", min: 0.01, max: 1.5 })
const rate = quantity({ dimension: "rate", min: 1e-3 })
const cycles = quantity({ dimension: "time", min: 0, max: 1e6 })
const duration = quantity({ dimension: "duration", min: 0, max: 1 })
const energy = quantity({ dimension: "energy", min: 0 })

const Kernels = Schema.Struct({
  /**
   * Thread-block tiles of the catalogue, tokens × outputs. Sizes are those that CUTLASS generates and that
   * `cublasLtMatmulTile_t` names (with 96, 160 and 192 in CUDA 11, multiples of 8 × 64 since 12.6); which of them a library
   * tries for which operands is not published: a set was kept where it describes the measured shapes better.
   */
  tiles: Schema.Array(Schema.String.check(Schema.isPattern(/^\d+x\d+$/))).check(Schema.isMinLength(1)),
  /** Ways to split the reduction over thread blocks; 1 is none. */
  splits: Schema.Array(Schema.String.check(Schema.isPattern(/^\d+$/))).check(Schema.isMinLength(1)),
  /** How thread blocks walk the output. */
  raster: Schema.Literals(["swizzled", "along-n"]),
  /** Share of the tensor peak that an SM full of warps issues. */
  issueEfficiency: share,
  /** Extra time of a lone resident thread block: 1 + residentStall ÷ resident blocks. */
  residentStall: ratio,
  /** Operand bytes per cycle that one thread block takes in. */
  ctaIngress: rate,
  /** Cycles that a thread block waits for each 128 bytes of the reduction. */
  stepLatency: cycles,
  /** Time between back-to-back kernels, and the least time from one to the next. */
  launchGap: duration,
  launchFloor: duration,
})
export type GemmKernels = typeof Kernels.Type

export const GpuGemmConstants = Schema.Struct({
  /** Edge cost of a tile in elements: 1 + tileOverhead · (1/m + 1/n). */
  tileOverhead: ratio,
  /** Bytes of the reduction that a pipeline stage holds for each row, and stages in flight. */
  stageBytes: quantity({ dimension: "storage", min: 16, integer: true }),
  stages: quantity({ dimension: "dimensionless", min: 1, max: 16, integer: true }),
  /** Tiles of n that a stripe of a swizzled walk is wide. */
  rasterWidth: quantity({ dimension: "dimensionless", min: 1, integer: true }),
  /** Rows of tiles that a walk along n takes together at least. */
  rasterRows: quantity({ dimension: "dimensionless", min: 1, integer: true }),
  /** Operand bytes per cycle that an SM takes in. */
  smIngress: rate,
  /** Cycles from the start of a round of thread blocks to its first multiply, and from its last result to its end. */
  fill: cycles,
  /** Bytes of 32-bit sums per cycle that one SM turns into results. */
  epilogueRate: rate,
  /** Share of split-K's partial sums that pass through L2; the rest is added on the way, within clusters or by stream-K. */
  partialTraffic: quantity({ dimension: "dimensionless", min: 0, max: 1 }),
  /** Extra time of the second pass of split-K. */
  reductionLaunch: duration,
  /** p of the p-norm that joins overlapping resources. */
  overlapExponent: quantity({ dimension: "dimensionless", min: 1, max: 100 }),
  /** Bytes per cycle that L2 delivers to each SM when all stream. */
  l2PerSm: rate,
  /** Part of L2 that keeps data from one kernel to the next. */
  l2Resident: share,
  /** Share of the data sheet's DRAM bandwidth. */
  dramEfficiency: share,
  /** Sustained over boost clock below the power limit. */
  clockOverBoost: share,
  /** Of one multiply or add, by format: what is absent takes as much as the other of its width. */
  operationEnergy: Schema.Struct({
    fp16: energy,
    bf16: Schema.optionalKey(energy),
    fp8: Schema.optionalKey(energy),
    int8: energy,
  }),
  /** Of one byte from L2 and from DRAM. */
  l2Energy: energy,
  dramEnergy: energy,
  /** Energy falls as the clock to this power, since voltage falls with it: 2 where both fall alike. */
  voltageExponent: ratio,
  /** Time constant with which the clock comes down under the power limit. */
  settling: duration,
  /**
   * Power that the board allows until then, over its limit. Supplies are tested at 1.2 times their rating for 100 ms to 2 times for
   * 100 us (Intel's ATX 3.0 design guide), which boards may use.
   */
  surge: quantity({ dimension: "dimensionless", min: 1 }),
  /** By operand width or format and sparsity; what is absent the architecture has not. */
  kernels: Schema.Struct({
    dense16: Kernels,
    sparse16: Schema.optionalKey(Kernels),
    denseFp8: Schema.optionalKey(Kernels),
    sparseFp8: Schema.optionalKey(Kernels),
    denseInt8: Kernels,
    sparseInt8: Schema.optionalKey(Kernels),
  }),
})
export type GpuGemmConstants = typeof GpuGemmConstants.Type
