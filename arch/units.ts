/**
 * Units as branded numbers. A quantity is made and converted here and nowhere else; in machine files it is written with
 * one of the unit names below, and everywhere in the program it is in the base unit of its dimension.
 */
declare const unitBrand: unique symbol
type Branded<U extends string> = number & { readonly [unitBrand]: U }

/** Clock cycles of the machine's one clock domain. Whole numbers, exact to 2^53. */
export type Cycles = Branded<"cycles">
/** Bytes, moved or stored. */
export type Bytes = Branded<"bytes">
/** Energy in picojoules (1e-12 J). */
export type Picojoules = Branded<"picojoules">
/** Frequency in hertz. */
export type Hertz = Branded<"hertz">
/** Floating-point operations: one multiply-accumulate counts as two. */
export type Flops = Branded<"flops">

export const cycles = (n: number): Cycles => n as Cycles
export const bytes = (n: number): Bytes => n as Bytes
export const picojoules = (n: number): Picojoules => n as Picojoules
export const hertz = (n: number): Hertz => n as Hertz
export const flops = (n: number): Flops => n as Flops

/** Multiply-accumulates to floating-point operations: one multiply and one add. */
export const macsToFlops = (macs: number): Flops => flops(2 * macs)
/** Wall-clock seconds that `n` cycles take at `clock`. */
export const cyclesToSeconds = (n: Cycles, clock: Hertz): number => n / clock

interface UnitDefinition {
  readonly dimension: Dimension
  /** How many base units of the dimension one of this unit is. */
  readonly inBase: number
}

export type Dimension =
  | "dimensionless"
  | "time"
  | "storage"
  | "bandwidth"
  | "frequency"
  | "energy"
  | "power"
  | "voltage"
  | "length"
  | "rate"
  | "duration"

const of = (dimension: Dimension, inBase = 1): UnitDefinition => ({ dimension, inBase })

/** Every unit name that a machine, energy or case file may use. The base unit of a dimension has `inBase` 1. */
export const units = {
  "1": of("dimensionless"),
  ratio: of("dimensionless"),
  percent: of("dimensionless", 0.01),
  PE: of("dimensionless"),
  lanes: of("dimensionless"),
  elements: of("dimensionless"),
  bits: of("dimensionless"),
  cycles: of("time"),
  B: of("storage"),
  KiB: of("storage", 1024),
  MiB: of("storage", 1024 ** 2),
  GiB: of("storage", 1024 ** 3),
  "B/s": of("bandwidth"),
  "MB/s": of("bandwidth", 1e6),
  "GB/s": of("bandwidth", 1e9),
  "TB/s": of("bandwidth", 1e12),
  Hz: of("frequency"),
  MHz: of("frequency", 1e6),
  GHz: of("frequency", 1e9),
  pJ: of("energy"),
  nJ: of("energy", 1e3),
  mW: of("power", 1e-3),
  W: of("power"),
  V: of("voltage"),
  nm: of("length"),
  warps: of("dimensionless"),
  threads: of("dimensionless"),
  s: of("duration"),
  us: of("duration", 1e-6),
  ns: of("duration", 1e-9),
  "elements/cycle": of("rate"),
  "FMA/cycle": of("rate"),
  "B/cycle": of("rate"),
} as const satisfies Record<string, UnitDefinition>

export type UnitName = keyof typeof units

export const isUnitName = (name: string): name is UnitName => Object.hasOwn(units, name)

/** `value` of `unit` in the base unit of its dimension, e.g. 64 KiB → 65,536. */
export const toBase = (value: number, unit: UnitName): number => value * units[unit].inBase
