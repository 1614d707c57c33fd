/** An energy table: what one action of each kind of component costs, as data with a source for every number. */
import * as Schema from "effect/Schema"
import { type DramPrices, type EnergyEntries, mapEntries } from "./energy-entries.ts"
import { decoded, type Quantity, quantity } from "./quantity.ts"
import { decodeYaml } from "./yaml-file.ts"

/** Picojoules. An action that costs nothing does not exist, so zero is refused. */
const energy = quantity({ dimension: "energy", min: 1e-9 })
const capacity = quantity({ dimension: "storage", min: 1 })

const DtypeSchema = Schema.Literals(["int8", "int32", "fp8", "fp16", "bf16", "fp32"])

const Mac = Schema.Struct({
  dtype: DtypeSchema,
  accumulate: DtypeSchema,
  /** One multiply-accumulate. */
  compute: energy,
  /** One that was held because an operand is zero. Never free, never dearer than computing. */
  gated: energy,
}).check(
  Schema.makeFilter(({ compute, gated }) =>
    decoded(gated).value <= decoded(compute).value
      ? undefined
      : { path: ["gated"], issue: "a gated MAC that costs no more than a computing one" },
  ),
)

const Alu = Schema.Struct({ dtype: DtypeSchema, add: energy, mul: energy })

const Sram = Schema.Struct({
  /** Power of capacity that energy follows beyond the anchors. */
  exponent: quantity({ dimension: "dimensionless", min: 0, max: 2 }),
  /** Memories whose energy per byte is known, by rising capacity. */
  anchors: Schema.Array(Schema.Struct({ capacity, read: energy, write: energy })).check(
    Schema.isMinLength(2),
    Schema.makeFilter((anchors) => {
      const unordered = anchors.findIndex(
        (anchor, i) => i > 0 && decoded(anchor.capacity).value <= decoded(anchors[i - 1].capacity).value,
      )
      return unordered === -1
        ? undefined
        : { path: [unordered, "capacity"], issue: "a capacity above that of the anchor before it" }
    }),
  ),
})

const Dram = Schema.Struct({ technology: Schema.NonEmptyString, read: energy, write: energy })

/** Refuses a list in which two rows have the same key: one of them would never be used. */
const distinct = <T>(keyOf: (row: T) => string) =>
  Schema.makeFilter((rows: readonly T[]) => {
    const keys = rows.map(keyOf)
    const again = keys.findIndex((key, i) => keys.indexOf(key) !== i)
    return again === -1 ? undefined : { path: [again], issue: `a second row for ${keys[again]}` }
  })

export const EnergyTableFile = Schema.Struct({
  schema: Schema.Literal("sparsim-energy/1"),
  id: Schema.NonEmptyString,
  name: Schema.NonEmptyString,
  about: Schema.NonEmptyString,
  /** Process node of logic and memories. */
  node: quantity({ dimension: "length", min: 1 }),
  /** Supply voltage; a table without one cannot be scaled to another node. */
  voltage: Schema.optionalKey(quantity({ dimension: "voltage", min: 0.1 })),
  /**
   * What the numbers enclose: the `circuit` itself, a whole `device` (for an FPGA its routing and clocks), the `path`
   * from memory to operator, or the `board`. Figures of different scopes differ several times and never share a table.
   * The `dram` rows of a circuit or device table are the DRAM device alone.
   */
  scope: Schema.Literals(["circuit", "device", "path", "board"]),
  /** Logic and on-chip memory. An absent kind cannot be priced by this table. */
  entries: Schema.Struct({
    mac: Schema.optionalKey(
      Schema.Array(Mac).check(distinct(({ dtype, accumulate }) => `${dtype} into ${accumulate}`)),
    ),
    alu: Schema.optionalKey(Schema.Array(Alu).check(distinct(({ dtype }) => dtype))),
    /** `compare`: picojoules per bit compared. */
    comparator: Schema.optionalKey(Schema.Struct({ compare: energy })),
    /** Picojoules per byte. */
    sram: Schema.optionalKey(Sram),
    /** Picojoules per byte. */
    register: Schema.optionalKey(Schema.Struct({ read: energy, write: energy })),
  }),
  /** Picojoules per byte, by technology. Off-chip: no process node applies. */
  dram: Schema.Array(Dram).check(distinct(({ technology }) => technology)),
})
export type EnergyTableFile = typeof EnergyTableFile.Type

/** A decoded table; energies in picojoules (MAC, ALU: per operation; comparator: per bit; memories: per byte). */
export interface EnergyTable {
  readonly id: string
  readonly name: string
  readonly about: string
  readonly node: Quantity
  readonly voltage?: Quantity
  readonly scope: EnergyTableFile["scope"]
  readonly entries: EnergyEntries<Quantity>
  readonly dram: readonly DramPrices<Quantity>[]
}

/** A table from its YAML text; `file` is its name in errors. @throws ConfigError with the place of the first defect */
export const energyTableFromText = (text: string, file: string): EnergyTable => {
  const table = decodeYaml(text, file, EnergyTableFile)
  return {
    id: table.id,
    name: table.name,
    about: table.about,
    node: decoded(table.node),
    ...(table.voltage === undefined ? {} : { voltage: decoded(table.voltage) }),
    scope: table.scope,
    entries: mapEntries(table.entries, { energy: decoded, other: decoded }),
    dram: table.dram.map(({ technology, read, write }) => ({
      technology,
      read: decoded(read),
      write: decoded(write),
    })),
  }
}
