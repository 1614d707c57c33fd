/**
 * A spatial-array machine: sub-partitions of multiply-accumulators that a shared memory feeds by multicast, each with an
 * accumulator file and small operand registers. What limits it is delivery: words per cycle at the shared memory and at
 * DRAM. One machine holds several designs, which differ in how they compress and skip. Sparse tensor cores are of this kind:
 * Wu et al., "Sparseloop", MICRO 2022, figure 15.
 */
import * as Schema from "effect/Schema"
import { quantity } from "./quantity.ts"

const count = quantity({ dimension: "dimensionless", min: 1, integer: true })
const capacity = quantity({ dimension: "storage", min: 1, integer: true })
const share = quantity({ dimension: "dimensionless", min: 0, max: 1 })
/** Bytes per cycle of one memory. */
const rate = quantity({ dimension: "rate", min: 1e-3 })

const energy = quantity({ dimension: "energy", min: 1e-9 })
/** Picojoules per byte. */
const Storage = Schema.Struct({ read: energy, write: energy })

const Groups = Schema.Struct({
  /** Kept values of a group: N of N:M. */
  kept: count,
  /** Smallest and largest group that runs as itself. A sparser pattern runs as kept : largest, a denser one as dense. */
  smallest: count,
  largest: count,
}).check(
  Schema.makeFilter(({ kept, smallest, largest }) => {
    if (kept.value > smallest.value) {
      return `at most as many kept values as the smallest group has, not ${kept.value} of ${smallest.value}`
    }
    return smallest.value > largest.value
      ? `a smallest group no larger than the largest, not ${smallest.value} and ${largest.value}`
      : undefined
  }),
)

/** "2:4" and its like, N of M with N no greater than M. */
const PatternName = Schema.String.check(
  Schema.makeFilter((text: string) => {
    const [, n, m] = /^([1-9]\d*):([1-9]\d*)$/.exec(text) ?? []
    return n !== undefined && Number(n) <= Number(m) ? undefined : `a pattern N:M with N ≤ M, not "${text}"`
  }),
)

const Design = Schema.Struct({
  about: Schema.NonEmptyString,
  /** The name that the study gives the same design. */
  studyName: Schema.NonEmptyString,
  /**
   * `weight-stationary`: a weight stays in the register of its multiplier while columns of activations pass, and a spatial
   * sum runs over k. `output-stationary`: outer products of a column of weights and a row of activations, whose non-zeros
   * are packed into the rows and columns of a sub-partition.
   */
  dataflow: Schema.Literals(["weight-stationary", "output-stationary"]),
  weights: Schema.Struct({
    format: Schema.Literals(["none", "index", "run-length", "bitmap"]),
    /** N:M that a weight-stationary design skips; absent where it skips nothing, or zeros in any position. */
    groups: Schema.optionalKey(Groups),
    /** Bits of a run length, by pattern. */
    runLength: Schema.optionalKey(Schema.Record(PatternName, count)),
  }),
  activations: Schema.Struct({
    format: Schema.Literals(["none", "bitmap"]),
    /** Beside dense weights, activations of at least this density are stored and run as dense. */
    denseFrom: Schema.optionalKey(share),
  }),
  operandRegisters: Schema.Struct({
    /** `register`: one word at every multiplier. `sram`: a small memory for each sub-partition. */
    kind: Schema.Literals(["register", "sram"]),
    /** Of one of them. */
    capacity,
    metadataCapacity: capacity,
  }),
  /** Ports of the accumulator file of a sub-partition; absent where the study sets no limit. */
  accumulatorPorts: Schema.optionalKey(Schema.Struct({ read: rate, write: rate })),
  /** Most tiles that one loop of the shared memory's mapping has; absent where it has no limit. */
  sharedMemoryLoop: Schema.optionalKey(count),
  /** The outer loop over tiles in DRAM, where the mapping fixes it: along rows of weights or columns of activations. */
  outerLoop: Schema.optionalKey(Schema.Literals(["m", "n"])),
  dramWrite: rate,
  /**
   * Prices of this design's parts that its source states, in place of the machine's own energy table; another table, when
   * one is asked for, stands alone.
   */
  prices: Schema.optionalKey(
    Schema.Struct({
      mac: Schema.optionalKey(Schema.Struct({ compute: energy })),
      operand: Schema.optionalKey(Storage),
      operandMetadata: Schema.optionalKey(Storage),
      accumulator: Schema.optionalKey(Storage),
      shared: Schema.optionalKey(Storage),
      sharedMetadata: Schema.optionalKey(Storage),
    }),
  ),
})

export const SpatialArrayMachineFile = Schema.Struct({
  schema: Schema.Literal("sparsim-machine/1"),
  id: Schema.NonEmptyString,
  kind: Schema.Literal("spatial-array"),
  name: Schema.NonEmptyString,
  about: Schema.NonEmptyString,
  dtype: Schema.Literal("int8"),
  accumulate: Schema.Literal("int32"),
  clock: quantity({ dimension: "frequency", min: 1 }),
  array: Schema.Struct({
    subPartitions: count,
    /** Of one sub-partition: rows of outputs by columns of reduction, or of outputs. */
    rows: count,
    cols: count,
  }),
  /** Sums of one sub-partition. */
  accumulators: Schema.Struct({ capacity }),
  sharedMemory: Schema.Struct({
    capacity,
    metadataCapacity: capacity,
    read: rate,
    write: rate,
  }),
  dram: Schema.Struct({
    technology: Schema.NonEmptyString,
    read: rate,
    /** What a byte of metadata costs, as a share of a byte of data. */
    metadataPrice: share,
  }),
  designs: Schema.Record(Schema.String, Design),
  /** The design that runs when none is named. */
  design: Schema.NonEmptyString,
  energy: Schema.Struct({
    table: Schema.NonEmptyString,
    staticPower: quantity({ dimension: "power", min: 0 }),
  }),
})
export type SpatialArrayMachineFile = typeof SpatialArrayMachineFile.Type
