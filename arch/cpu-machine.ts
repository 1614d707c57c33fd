/**
 * One core of a phone or board as whole networks see it: clock, last private cache and the bandwidth of DRAM that one core
 * draws. What a kind of core does per cycle is shared by all machines that have it, in `arch/cpu-family/`.
 */
import * as Schema from "effect/Schema"
import { quantity } from "./quantity.ts"

const loop = quantity({ dimension: "time", min: 0.5, max: 1000 })

/** Cycles until a line is there, and bytes a cycle of lines read one after another. */
const behind = Schema.Struct({
  latency: quantity({ dimension: "time", min: 1, max: 1000 }),
  bandwidth: quantity({ dimension: "rate", min: 0.1, max: 1024 }),
})

/** What a kind of core does per cycle, whatever library runs on it. */
export const CpuFamilyFile = Schema.Struct({
  schema: Schema.Literal("sparsim-cpu-family/1"),
  id: Schema.NonEmptyString,
  name: Schema.NonEmptyString,
  about: Schema.NonEmptyString,
  /** Multiply-adds of four fp32 lanes that can start in a cycle. */
  vectorFma: quantity({ dimension: "rate", min: 0.1, max: 8 }),
  /** Share of `vectorFma` that the dense GEMM of XNNPACK sustains. */
  gemmEfficiency: quantity({ dimension: "dimensionless", min: 0.05, max: 1 }),
  /** Cycles of work other than GEMM, relative to a core that sustains 0.85 of one multiply-add per cycle. */
  vectorWork: quantity({ dimension: "dimensionless", min: 0.1, max: 10 }),
  /**
   * Cycles of one iteration of the sparse loops, pixels × output channels of a block, everything in the first cache: a kept
   * block of weights over one tile. From the stepped model of the core (`sim/cpu/core`), which a test holds them to.
   */
  sparseLoops: Schema.Struct({
    "16x1": loop,
    "16x2": loop,
    "16x4": loop,
    "32x1": loop,
    "32x2": loop,
    "32x4": loop,
  }),
  /** First-level data cache, lines of 64 bytes. */
  l1: Schema.Struct({
    capacity: quantity({ dimension: "storage", min: 1024, integer: true }),
    ways: quantity({ dimension: "dimensionless", min: 1, max: 64, integer: true }),
  }),
  /** Lines that are on their way at once while a loop loads from scattered places. */
  inFlight: quantity({ dimension: "dimensionless", min: 1, max: 64 }),
  /** The cache behind L1, the core's own or the cluster's. */
  l2: behind,
  /** The cache behind that, on boards that have one. */
  l3: Schema.optionalKey(behind),
})
export type CpuFamilyFile = typeof CpuFamilyFile.Type

const board = {
  schema: Schema.Literal("sparsim-machine/1"),
  id: Schema.NonEmptyString,
  kind: Schema.Literal("cpu"),
  name: Schema.NonEmptyString,
  about: Schema.NonEmptyString,
  /** Id of a kind of core in `arch/cpu-family/`. */
  core: Schema.NonEmptyString,
  clock: quantity({ dimension: "frequency", min: 1e6, max: 1e11 }),
  /** A core's own cache between L1 and the last one, where there is one. */
  l2: Schema.optionalKey(
    Schema.Struct({ capacity: quantity({ dimension: "storage", min: 1024, integer: true }) }),
  ),
  /** The last cache before DRAM: L3 where there is one. */
  lastCache: Schema.Struct({ capacity: quantity({ dimension: "storage", min: 1024, integer: true }) }),
  dram: Schema.Struct({
    technology: Schema.NonEmptyString,
    /** What one core draws, streams of kernels included; far below the data sheet's figure for all cores. */
    bandwidth: quantity({ dimension: "bandwidth", min: 1e6 }),
    /** Until the first byte is there. */
    latency: quantity({ dimension: "duration", min: 1e-9, max: 1e-5 }),
  }),
  /** Library id to the release of it that the board's published rows come from, where that is not the library's own. */
  releases: Schema.optionalKey(Schema.Record(Schema.String, Schema.NonEmptyString)),
  energy: Schema.Struct({
    table: Schema.NonEmptyString,
    /** Power of the core and its share of the chip while nothing is computed. */
    staticPower: quantity({ dimension: "power", min: 0 }),
  }),
} as const

/** What a person writes for a new board. */
export const CpuBoardFile = Schema.Struct(board)
export type CpuBoardFile = typeof CpuBoardFile.Type

/** A board with the kind of core that it names, so that every number of both can be listed and replaced. */
export const CpuMachineFile = Schema.Struct({ ...board, family: CpuFamilyFile })
export type CpuMachineFile = typeof CpuMachineFile.Type
