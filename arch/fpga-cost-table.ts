/** FPGA files: what a device holds, and what the parts of an array machine take of it, with a source for every number. */
import * as Schema from "effect/Schema"
import { builtinFiles } from "./builtin.ts"
import { ConfigError } from "./errors.ts"
import type { FpgaResource } from "./fpga-resources.ts"
import { didYouMean } from "./nearest.ts"
import { decoded, type Quantity, quantity, type QuantityFile } from "./quantity.ts"
import { decodeYaml } from "./yaml-file.ts"

/** A number of resources; an average over many parts may be fractional. */
const amount = quantity({ dimension: "dimensionless", min: 0 })
const whole = quantity({ dimension: "dimensionless", min: 1, integer: true })
const copies = quantity({ dimension: "dimensionless", min: 0, integer: true })
const capacity = quantity({ dimension: "dimensionless", min: 0, integer: true })
/** Picojoules of one resource in one cycle. */
const energy = quantity({ dimension: "energy", min: 0 })

export const FpgaDeviceFile = Schema.Struct({
  schema: Schema.Literal("sparsim-fpga-device/1"),
  id: Schema.NonEmptyString,
  name: Schema.NonEmptyString,
  part: Schema.NonEmptyString,
  about: Schema.NonEmptyString,
  capacity: Schema.Struct({ lut: capacity, ff: capacity, dsp: capacity, bram: capacity, uram: capacity }),
  /** Super logic regions of equal size, and the wires between two neighbours. */
  regions: Schema.Struct({ count: whole, wires: whole }),
})
export type FpgaDeviceFile = typeof FpgaDeviceFile.Type

const logic = { lut: amount, ff: amount }

const Operator = Schema.Struct({
  operation: Schema.Literals(["multiply", "add"]),
  dtype: Schema.Literals(["int8", "int32", "fp16", "bf16", "fp32"]),
  ...logic,
  dsp: amount,
})

export const FpgaUnitsFile = Schema.Struct({
  schema: Schema.Literal("sparsim-fpga-units/1"),
  id: Schema.NonEmptyString,
  name: Schema.NonEmptyString,
  about: Schema.NonEmptyString,
  operators: Schema.Array(Operator),
  /** `lut` and `ff`: what a processing element has beside operators, registers and selector. */
  processingElement: Schema.Struct({
    /** Registers of one operand's width. */
    operandCopies: copies,
    /** Registers of one index's width, on a sparse array. */
    indexCopies: copies,
    /** Registers of M operands' width, on a sparse array. */
    groupCopies: copies,
    ...logic,
  }),
  /** M-to-1 multiplexer of one operand's width. */
  selector: Schema.Struct({ inputsPerLut: whole, widest: whole }),
  /** One lane of the N:M mask generator: a list of the largest values seen, compared with each new one. */
  sore: Schema.Struct({
    /** Entries of the list as a share of the largest group M. */
    entriesPerGroup: quantity({ dimension: "dimensionless", min: 0.01, max: 1 }),
    lutPerComparedBit: amount,
    lutPerReplacedBit: amount,
    ...logic,
  }),
  /** One lane of the weight-update engine and of the vector unit: fp32 operators and control. */
  wuve: Schema.Struct({ multipliers: copies, adders: copies, ...logic }),
  vector: Schema.Struct({ multipliers: copies, adders: copies, ...logic }),
  /** Shape of a memory block (bits x words), and logic per block. */
  memories: Schema.Struct({
    bramWidth: whole,
    bramDepth: whole,
    uramWidth: whole,
    uramDepth: whole,
    /** N of the widest N:M pattern that the input buffer feeds at full rate: a row takes M / N dense operands a cycle. */
    keptPerGroup: whole,
    ...logic,
  }),
  /** One DRAM controller and the peak bandwidth it serves. */
  dramChannel: Schema.Struct({
    bandwidth: quantity({ dimension: "bandwidth", min: 1 }),
    ...logic,
    dsp: amount,
    bram: amount,
  }),
  /** Host link and management, whatever the design. */
  shell: Schema.Struct({ ...logic, dsp: amount, bram: amount, uram: amount }),
  energy: Schema.Struct({ lut: energy, ff: energy, dsp: energy, bram: energy, uram: energy }),
})
export type FpgaUnitsFile = typeof FpgaUnitsFile.Type

/** A section of a file with its numbers decoded. */
type Section<T> = { readonly [K in keyof T]: Quantity }

export interface FpgaDevice {
  readonly id: string
  readonly name: string
  readonly part: string
  readonly about: string
  readonly capacity: Readonly<Record<FpgaResource, Quantity>>
  readonly regions: Section<FpgaDeviceFile["regions"]>
}

type OperatorFile = FpgaUnitsFile["operators"][number]

export interface FpgaOperator {
  readonly operation: OperatorFile["operation"]
  readonly dtype: OperatorFile["dtype"]
  readonly lut: Quantity
  readonly ff: Quantity
  readonly dsp: Quantity
}

const sections = [
  "processingElement",
  "selector",
  "sore",
  "wuve",
  "vector",
  "memories",
  "dramChannel",
  "shell",
  "energy",
] as const
type SectionName = (typeof sections)[number]

/** Costs of parts; amounts of resources, `energy` in picojoules per resource and cycle. */
export type FpgaUnits = { readonly [K in SectionName]: Section<FpgaUnitsFile[K]> } & {
  readonly id: string
  readonly name: string
  readonly about: string
  readonly operators: readonly FpgaOperator[]
}

const decodedSection = <K extends string>(
  section: Readonly<Record<K, QuantityFile>>,
): Readonly<Record<K, Quantity>> => {
  const pairs = Object.entries<QuantityFile>(section).map(([key, file]) => [key, decoded(file)] as const)
  return Object.fromEntries(pairs) as Readonly<Record<K, Quantity>>
}

/** A device from its YAML text; `file` is its name in errors. @throws ConfigError with the place of the first defect */
export const fpgaDeviceFromText = (text: string, file: string): FpgaDevice => {
  const { id, name, part, about, capacity, regions } = decodeYaml(text, file, FpgaDeviceFile)
  return { id, name, part, about, capacity: decodedSection(capacity), regions: decodedSection(regions) }
}

/** A table of unit costs from its YAML text. @throws ConfigError with the place of the first defect */
export const fpgaUnitsFromText = (text: string, file: string): FpgaUnits => {
  const units = decodeYaml(text, file, FpgaUnitsFile)
  return {
    id: units.id,
    name: units.name,
    about: units.about,
    operators: units.operators.map(({ operation, dtype, lut, ff, dsp }) => ({
      operation,
      dtype,
      ...decodedSection({ lut, ff, dsp }),
    })),
    processingElement: decodedSection(units.processingElement),
    selector: decodedSection(units.selector),
    sore: decodedSection(units.sore),
    wuve: decodedSection(units.wuve),
    vector: decodedSection(units.vector),
    memories: decodedSection(units.memories),
    dramChannel: decodedSection(units.dramChannel),
    shell: decodedSection(units.shell),
    energy: decodedSection(units.energy),
  }
}

const folder = "fpga/"
const unitsSuffix = "-units"

const idsOf = (isUnits: boolean): readonly string[] =>
  [...builtinFiles.keys()]
    .filter((path) => path.startsWith(folder))
    .map((path) => path.slice(folder.length).replace(/\.yaml$/, ""))
    .filter((id) => id.endsWith(unitsSuffix) === isUnits)
    .toSorted()

/** Ids of the built-in devices, and of the built-in tables of unit costs; sorted. */
export const fpgaDeviceIds = (): readonly string[] => idsOf(false)
export const fpgaUnitsIds = (): readonly string[] => idsOf(true)

const builtinText = (id: string, known: readonly string[], kind: string): readonly [string, string] => {
  const path = `${folder}${id}.yaml`
  const text = known.includes(id) ? builtinFiles.get(path) : undefined
  if (text === undefined) {
    throw new ConfigError({ message: `there is no ${kind} "${id}"`, remedy: didYouMean(id, known) })
  }
  return [text, `arch/${path}`]
}

/** A built-in device by id, e.g. `vu9p`. @throws ConfigError with the nearest known id */
export const loadFpgaDevice = (id: string): FpgaDevice =>
  fpgaDeviceFromText(...builtinText(id, fpgaDeviceIds(), "FPGA device"))

/** Built-in unit costs by id, e.g. `ultrascale-plus-units`. @throws ConfigError with the nearest known id */
export const loadFpgaUnits = (id: string): FpgaUnits =>
  fpgaUnitsFromText(...builtinText(id, fpgaUnitsIds(), "table of FPGA unit costs"))
