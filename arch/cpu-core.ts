/**
 * The core of a CPU as its timing sees it: how wide its front end is, which pipes it has, what each operation takes of them
 * and how long its result is in coming. Caches, memory and clock belong to the chip, not to the core.
 */
import * as Schema from "effect/Schema"
import { quantity } from "./quantity.ts"

const width = quantity({ dimension: "dimensionless", min: 1, max: 64, integer: true })
const cycles = quantity({ dimension: "time", min: 1, max: 1000, integer: true })

/** Operations of AArch64 loop bodies, by what they take of a core. Quad is 128 bits, half 64 or fewer. */
export const coreOperations = [
  "fma",
  "fmaHalf",
  "multiply",
  "fpAdd",
  "minMax",
  "vectorMove",
  "insert",
  "load",
  "loadPair",
  "loadHalf",
  "loadQuad",
  "loadPairQuad",
  "loadReplicate",
  "store",
  "storeQuad",
  "storePairQuad",
  "prefetch",
  "alu",
  "aluShift",
  "branch",
  /** What a post- or pre-indexed address adds to a load or store. */
  "baseUpdate",
] as const
export type CoreOperation = (typeof coreOperations)[number]

const OperationName = Schema.Literals(coreOperations)

const OperationCost = Schema.Struct({
  /** From issue to a dependent operation. */
  latency: cycles,
  /** From one multiply-accumulate to the next on the same accumulator, where that is forwarded late. */
  accumulate: Schema.optionalKey(cycles),
  /**
   * Micro-operations: `slots` pipe-cycles on any of the pipes in `on`. One with `after` starts so many cycles after those
   * before it have issued, and the latency counts from the first. Out-of-order cores only; the last of two.
   */
  uses: Schema.Array(
    Schema.Struct({
      on: Schema.NonEmptyArray(Schema.String),
      slots: width,
      after: Schema.optionalKey(cycles),
    }),
  ),
  /** In-order cores: cycles before its operands that it may issue; it then runs, and its result comes, that much later. */
  late: Schema.optionalKey(cycles),
  /** In-order cores: cycles of issue that it takes for itself alone. */
  blocks: Schema.optionalKey(cycles),
})

export const CpuCoreFile = Schema.Struct({
  schema: Schema.Literal("sparsim-cpu-core/1"),
  id: Schema.NonEmptyString,
  name: Schema.NonEmptyString,
  about: Schema.NonEmptyString,
  /** Operations issue in the order of the program, or when their operands are there. */
  order: Schema.Literals(["in-order", "out-of-order"]),
  frontEnd: Schema.Struct({
    /** Macro-operations (one an instruction) a cycle: decode, rename or dispatch, whichever is narrowest. */
    macroOps: width,
    /** Micro-operations dispatched a cycle. In-order cores: a number that does not bind. */
    microOps: width,
  }),
  /** Instructions between dispatch and retirement. Out-of-order cores only. */
  window: Schema.optionalKey(quantity({ dimension: "dimensionless", min: 4, max: 4096, integer: true })),
  /** How many pipes of each kind there are. */
  pipes: Schema.Record(Schema.String, width),
  /** From a store's issue to that of a load of the same address. */
  storeForward: cycles,
  operations: Schema.Struct(
    Object.fromEntries(coreOperations.map((name) => [name, OperationCost])) as Record<
      CoreOperation,
      typeof OperationCost
    >,
  ),
  /** In-order cores: pairs that do not issue in one cycle. */
  apart: Schema.optionalKey(
    Schema.Array(
      Schema.Struct({
        first: Schema.Array(OperationName),
        second: Schema.Array(OperationName),
        /** Cycles after the first at which the second cannot issue; 0 is the same cycle. */
        at: quantity({ dimension: "time", min: 0, max: 31, integer: true }),
      }),
    ),
  ),
})
export type CpuCoreFile = typeof CpuCoreFile.Type
