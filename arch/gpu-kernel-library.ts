/**
 * A library of GPU kernels as data: what its inner loops reach on each architecture. Tiles and loop structures are code in
 * `sim/gpu/software/`; the numbers that only measurements tell are here.
 */
import * as Schema from "effect/Schema"
import { quantity } from "./quantity.ts"

/** Share of a peak; an efficiency above 1 is a clock above the boost clock of the data sheet. */
const efficiency = quantity({ dimension: "dimensionless", min: 0.01, max: 1.15 })
const share = quantity({ dimension: "dimensionless", min: 0, max: 1 })
const ratio = quantity({ dimension: "dimensionless", min: 1e-3, max: 1e3 })
const cycles = quantity({ dimension: "time", min: 0, max: 1e6 })
const rate = quantity({ dimension: "rate", min: 1e-3 })
const launch = quantity({ dimension: "duration", min: 0, max: 1e-3 })
const count = quantity({ dimension: "dimensionless", min: 1, max: 1e4, integer: true })

const head = {
  schema: Schema.Literal("sparsim-gpu-kernels/1"),
  id: Schema.NonEmptyString,
  name: Schema.NonEmptyString,
  about: Schema.NonEmptyString,
  /** Where its structure was read. */
  source: Schema.NonEmptyString,
} as const

/** Constants by the id of an architecture. */
const byArchitecture = <S extends Schema.Top>(constants: S) => Schema.Record(Schema.String, constants)

const tensor = {
  efficiency,
  l2Rate: rate,
  fillLatency: cycles,
  exposedWrites: share,
  launch,
} as const

/** fp32 tiles on CUDA cores. */
const SimtLibrary = Schema.Struct({
  ...head,
  kind: Schema.Literal("simt-tile"),
  constants: byArchitecture(
    Schema.Struct({
      issueEfficiency: efficiency,
      sharedLoadCycles: quantity({ dimension: "time", min: 0.5, max: 64 }),
      loadLatency: cycles,
      stepLatency: cycles,
      launch,
    }),
  ),
})

/** One kept weight at a time, by rows. */
const RowSplitLibrary = Schema.Struct({
  ...head,
  kind: Schema.Literal("row-split"),
  constants: byArchitecture(
    Schema.Struct({
      gatherRate: rate,
      rowsInStep: ratio,
      blocksPerSm: count,
      launch,
    }),
  ),
})

/** fp16 tiles on tensor cores. */
const TensorLibrary = Schema.Struct({
  ...head,
  kind: Schema.Literal("tensor-tile"),
  constants: byArchitecture(Schema.Struct(tensor)),
})

/** V:N:M: tensor tiles that gather columns. */
const VnmLibrary = Schema.Struct({
  ...head,
  kind: Schema.Literal("vnm"),
  constants: byArchitecture(Schema.Struct({ ...tensor, indexLatency: cycles })),
})

/** Dense blocks of a sparse matrix: a dense kernel on what is kept, at a lower rate. */
const BlockSparseLibrary = Schema.Struct({
  ...head,
  kind: Schema.Literal("block-sparse"),
  /** Id of the dense library that it is compared with. */
  baseline: Schema.NonEmptyString,
  constants: byArchitecture(Schema.Struct({ slowdown: ratio })),
})

/** fp16 activations with 4-bit weights, dense or 2:4. */
const WeightOnlyLibrary = Schema.Struct({
  ...head,
  kind: Schema.Literal("weight-only"),
  constants: byArchitecture(Schema.Struct({ efficiency, launch })),
})

/** What a library's file holds, by its kind. */
export const gpuKernelKinds = {
  "simt-tile": SimtLibrary,
  "row-split": RowSplitLibrary,
  "tensor-tile": TensorLibrary,
  vnm: VnmLibrary,
  "block-sparse": BlockSparseLibrary,
  "weight-only": WeightOnlyLibrary,
} as const

export type GpuKernelKind = keyof typeof gpuKernelKinds
export type GpuKernelLibraryOf<K extends GpuKernelKind> = (typeof gpuKernelKinds)[K]["Type"]
export type GpuKernelLibraryFile = { readonly [K in GpuKernelKind]: GpuKernelLibraryOf<K> }[GpuKernelKind]
