/**
 * A generation of GPU streaming multiprocessors: what every board built from it shares. Boards add how many there are, how
 * fast they are clocked and what memory they hang on.
 */
import * as Schema from "effect/Schema"
import { GpuGemmConstants } from "./gpu-gemm-constants.ts"
import { GpuInstructions } from "./gpu-instructions.ts"
import { quantity } from "./quantity.ts"

const count = quantity({ dimension: "dimensionless", min: 1, max: 1e6, integer: true })
const capacity = quantity({ dimension: "storage", min: 1, integer: true })
/** Bytes or multiply-accumulates per cycle. */
const rate = quantity({ dimension: "rate", min: 1e-3 })
const share = quantity({ dimension: "dimensionless", min: 0.01, max: 1 })

export const GpuArchitectureFile = Schema.Struct({
  schema: Schema.Literal("sparsim-gpu-architecture/1"),
  id: Schema.NonEmptyString,
  name: Schema.NonEmptyString,
  about: Schema.NonEmptyString,
  sm: Schema.Struct({
    /** Sub-cores, each with one tensor core and one warp scheduler. */
    subCores: count,
    /** Register file of one SM. */
    registers: capacity,
    /** Most shared memory that one SM can give to its thread blocks. */
    sharedMemory: capacity,
    /** Bytes per cycle that one SM reads from its shared memory without bank conflicts. */
    sharedMemoryBandwidth: rate,
    threads: count,
    /** fp32 multiply-accumulates per cycle of one SM outside its tensor cores. */
    simtFp32: rate,
  }),
  /**
   * Dense tensor-core rate of one SM, in multiply-accumulates per cycle, by operand format; `fp16-fp16` accumulates in fp16,
   * every other float format in fp32, integers in int32.
   */
  tensor: Schema.Record(Schema.String, rate),
  /** Peak of 2:4 over dense, counted on the uncompressed reduction; 1 where there are no sparse tensor cores. */
  sparseMultiplier: quantity({ dimension: "dimensionless", min: 1, max: 2 }),
  /** Bytes per cycle that L2 delivers to each SM when all of them stream. */
  l2BandwidthPerSm: rate,
  /** Share of the DRAM bandwidth of a data sheet that streaming reads reach. */
  dramEfficiency: share,
  gemm: GpuGemmConstants,
  instructions: GpuInstructions,
})
export type GpuArchitectureFile = typeof GpuArchitectureFile.Type
