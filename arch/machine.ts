/** A machine as the engines use it: the file's fields with every number decoded to base units. */
import { type ArrayMachineFile } from "./array-machine.ts"
import type { BranchMachineFile } from "./branch-machine.ts"
import { type CpuMachineFile } from "./cpu-machine.ts"
import { UnsupportedError } from "./errors.ts"
import { type GpuMachineFile } from "./gpu-machine.ts"
import { decoded, type Quantity, type QuantityFile } from "./quantity.ts"
import { type SpatialArrayMachineFile } from "./spatial-machine.ts"

/** File form → decoded form: every {value, unit, source, status} becomes a `Quantity`. */
export type Decoded<T> = T extends QuantityFile
  ? Quantity
  : T extends readonly string[]
    ? T
    : T extends object
      ? { readonly [K in keyof T]: Decoded<T[K]> }
      : T

export type ArrayMachine = Decoded<ArrayMachineFile>
export type SpatialArrayMachine = Decoded<SpatialArrayMachineFile>
export type GpuMachine = Decoded<GpuMachineFile>
export type CpuMachine = Decoded<CpuMachineFile>
export type BranchMachine = Decoded<BranchMachineFile>
/** All machines, told apart by `kind`. */
export type Machine = ArrayMachine | SpatialArrayMachine | GpuMachine | CpuMachine | BranchMachine
export type MachineFile =
  | ArrayMachineFile
  | SpatialArrayMachineFile
  | GpuMachineFile
  | CpuMachineFile
  | BranchMachineFile

const isQuantityFile = (x: object): x is QuantityFile =>
  "value" in x && "unit" in x && "source" in x && "status" in x

const decodeDeep = (x: unknown): unknown => {
  if (Array.isArray(x)) return x.map(decodeDeep)
  if (typeof x !== "object" || x === null) return x
  if (isQuantityFile(x)) return decoded(x)
  return Object.fromEntries(Object.entries(x).map(([key, value]) => [key, decodeDeep(value)]))
}

/** Every number of a decoded file in base units. */
export const decodedDeep = <T extends object>(file: T): Decoded<T> => decodeDeep(file) as Decoded<T>

/** `file` must have been accepted by its schema. */
export const machineFromFile = (file: MachineFile): Machine => decodeDeep(file) as Machine

/** A machine that must be a systolic array. @throws UnsupportedError naming what runs on the other kinds */
export const asArrayMachine = (machine: Machine): ArrayMachine => {
  if (machine.kind === "array") return machine
  throw new UnsupportedError({
    message: `${machine.id} is a ${machine.kind} machine; training steps and studies of them run on array machines only`,
    remedy: "`sparsim run` runs inference on it; for training take an array machine such as sat-vcu1525.",
  })
}

/** A machine that must be a spatial array. @throws UnsupportedError */
export const asSpatialArrayMachine = (machine: Machine): SpatialArrayMachine => {
  if (machine.kind === "spatial-array") return machine
  throw new UnsupportedError({
    message: `${machine.id} is an ${machine.kind} machine and has no designs to choose from`,
    remedy: "Take a spatial-array machine such as sparseloop-stc-45nm.",
  })
}

/** A machine that must be a GPU board. @throws UnsupportedError */
export const asGpuMachine = (machine: Machine): GpuMachine => {
  if (machine.kind === "gpu") return machine
  throw new UnsupportedError({
    message: `${machine.id} is a machine of kind ${machine.kind}, not a GPU`,
    remedy: "Take a board such as a100-sxm4-80gb; `sparsim machines` lists them.",
  })
}

/** A machine that must be a CPU. @throws UnsupportedError */
export const asCpuMachine = (machine: Machine): CpuMachine => {
  if (machine.kind === "cpu") return machine
  throw new UnsupportedError({
    message: `${machine.id} is a machine of kind ${machine.kind}, not a CPU`,
    remedy: "Take a board such as snapdragon-835; `sparsim machines` lists them.",
  })
}

/** A machine that must be a branch predictor. @throws UnsupportedError */
export const asBranchMachine = (machine: Machine): BranchMachine => {
  if (machine.kind === "branch") return machine
  throw new UnsupportedError({
    message: `${machine.id} is a machine of kind ${machine.kind}, not a branch predictor`,
    remedy: "Take a predictor such as tage-sc-l-64kb; `sparsim machines` lists them.",
  })
}

/** The clock that a machine's cycles are of: for a branch predictor, its core's. */
export const clockOf = (machine: Machine): Quantity =>
  machine.kind === "branch" ? machine.family.clock : machine.clock

/** One number of a machine and its dotted place in the file, e.g. `dram.bandwidth`. */
export interface PlacedQuantity extends Quantity {
  readonly path: string
}

const isQuantity = (x: object): x is Quantity => "written" in x && "status" in x

/** Every number of a machine in file order. */
export const machineNumbers = (machine: object, prefix = ""): readonly PlacedQuantity[] =>
  Object.entries(machine).flatMap(([key, value]): readonly PlacedQuantity[] => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return []
    const path = prefix === "" ? key : `${prefix}.${key}`
    return isQuantity(value) ? [{ path, ...value }] : machineNumbers(value, path)
  })
