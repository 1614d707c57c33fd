/**
 * A GPU board: streaming multiprocessors of one architecture, their clock, L2, DRAM and power limit. Everything in a board
 * file stands in the board's data sheet; what only measurements tell is shared by the boards of an architecture.
 */
import * as Schema from "effect/Schema"
import { GpuArchitectureFile } from "./gpu-architecture.ts"
import { quantity } from "./quantity.ts"

const board = {
  schema: Schema.Literal("sparsim-machine/1"),
  id: Schema.NonEmptyString,
  kind: Schema.Literal("gpu"),
  name: Schema.NonEmptyString,
  about: Schema.NonEmptyString,
  /** Id of an architecture in `arch/gpu-architecture/`. */
  architecture: Schema.NonEmptyString,
  /** Boost clock: what tensor kernels run at while the board is below its power limit. */
  clock: quantity({ dimension: "frequency", min: 1, max: 1e12 }),
  /** Guaranteed clock under any load. */
  baseClock: Schema.optionalKey(quantity({ dimension: "frequency", min: 1, max: 1e12 })),
  sms: quantity({ dimension: "dimensionless", min: 1, max: 1e5, integer: true }),
  l2: Schema.Struct({
    capacity: quantity({ dimension: "storage", min: 1, integer: true }),
    /** Bytes per cycle of all slices together; the architecture's rate for each SM where absent. */
    bandwidth: Schema.optionalKey(quantity({ dimension: "rate", min: 1e-3 })),
  }),
  dram: Schema.Struct({
    technology: Schema.NonEmptyString,
    bandwidth: quantity({ dimension: "bandwidth", min: 1 }),
  }),
  power: Schema.Struct({
    /** Board power limit: the TDP of the data sheet unless it was set lower. */
    limit: quantity({ dimension: "power", min: 1 }),
  }),
  energy: Schema.Struct({
    table: Schema.NonEmptyString,
    /** Power drawn with clocks up and nothing running. */
    staticPower: quantity({ dimension: "power", min: 0 }),
  }),
} as const

/** What a person writes for a new board: its data sheet. */
export const GpuBoardFile = Schema.Struct({
  ...board,
  /**
   * Dense tensor-core rates that differ from those of other boards of the architecture, multiply-accumulates per cycle and
   * SM: GB10 sums in fp32 at twice the rate of the RTX 5080.
   */
  tensor: Schema.optionalKey(Schema.Record(Schema.String, quantity({ dimension: "rate", min: 1e-3 }))),
})
export type GpuBoardFile = typeof GpuBoardFile.Type

/** A board with the architecture that it names, so that every number of both can be listed and replaced. */
export const GpuMachineFile = Schema.Struct({ ...board, family: GpuArchitectureFile })
export type GpuMachineFile = typeof GpuMachineFile.Type
