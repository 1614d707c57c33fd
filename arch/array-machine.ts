/**
 * A systolic-array machine: one array of processing elements, three operand buffers, one DRAM, and the small engines of
 * an N:M training accelerator (mask generator, weight-update engine, vector unit). SAT and plain systolic arrays are both
 * of this kind. Shapes and roles follow Fang et al., TCAD 2023 (arXiv 2309.13015); numbers say where they come from.
 */
import * as Schema from "effect/Schema"
import { quantity } from "./quantity.ts"

export const Dataflow = Schema.Literals(["os", "ws", "is"])
/** Which operand stays in the array: output-, weight- or input-stationary. */
export type Dataflow = typeof Dataflow.Type

/** Beyond these bounds counts of a run would no longer be exact integers. */
const count = quantity({ dimension: "dimensionless", min: 1, max: 1e6, integer: true })
const latency = quantity({ dimension: "time", min: 1, max: 1e6, integer: true })
const capacity = quantity({ dimension: "storage", min: 1, integer: true })
const share = quantity({ dimension: "dimensionless", min: 0.01, max: 1 })

export const ArrayMachineFile = Schema.Struct({
  schema: Schema.Literal("sparsim-machine/1"),
  id: Schema.NonEmptyString,
  kind: Schema.Literal("array"),
  name: Schema.NonEmptyString,
  about: Schema.NonEmptyString,
  /** Format of the operands that stream through the array, and of the accumulators. */
  dtype: Schema.Literals(["int8", "fp16", "bf16", "fp32"]),
  accumulate: Schema.Literals(["int32", "fp16", "fp32"]),
  clock: quantity({ dimension: "frequency", min: 1, max: 1e12 }),
  array: Schema.Struct({
    rows: count,
    cols: count,
    /** Dataflows that the interconnect can switch to. */
    dataflows: Schema.Array(Dataflow).check(Schema.isMinLength(1)),
    /** Cycles from operands in to sum out of one PE. */
    pipelineLatency: latency,
    /** Cycles until a sum can be added to again: the loop-carried dependence of an output-stationary PE. */
    accumulateLatency: latency,
    /** Independent outputs that one PE works on in turn, to fill the accumulate latency. */
    interleave: count,
    /** Largest M of N:M that the operand selector takes; 1 for a dense array. */
    maxGroup: count,
    /** Dense elements that one row can take in per cycle. A kept element of N:M needs M/N of them. */
    delivery: quantity({ dimension: "rate", min: 1 }),
    /** Cycles to switch the interconnect from one dataflow to another. */
    switchLatency: quantity({ dimension: "time", min: 0, integer: true }),
  }),
  buffers: Schema.Struct({
    ifmap: capacity,
    filter: capacity,
    ofmap: capacity,
    /** Share of a buffer that holds the tile in use; the rest prefetches (double buffering: one half). */
    activeShare: share,
  }),
  dram: Schema.Struct({
    technology: Schema.NonEmptyString,
    bandwidth: quantity({ dimension: "bandwidth", min: 1 }),
    /** Sustained share of the peak bandwidth. */
    efficiency: share,
  }),
  /** N:M mask generator: dense elements taken in per cycle. */
  sore: Schema.Struct({ lanes: count }),
  /** Weight-update engine: weights updated per cycle. */
  wuve: Schema.Struct({ lanes: count }),
  /** Vector unit for everything that is not a GEMM: elements per cycle. */
  vector: Schema.Struct({ lanes: count }),
  energy: Schema.Struct({
    table: Schema.NonEmptyString,
    /** Power drawn whatever the array does. */
    staticPower: quantity({ dimension: "power", min: 0 }),
  }),
})
export type ArrayMachineFile = typeof ArrayMachineFile.Type
