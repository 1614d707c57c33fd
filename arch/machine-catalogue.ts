/** Finding a machine: a built-in id, a size of systolic array, or the text of a user's own file; with overrides. */
import * as Schema from "effect/Schema"
import { ArrayMachineFile } from "./array-machine.ts"
import { branchCore } from "./branch-core-catalogue.ts"
import { BranchMachineFile, BranchPredictorFile } from "./branch-machine.ts"
import { branchSparse, splitSparse } from "./branch-sparse-catalogue.ts"
import { builtinFiles } from "./builtin.ts"
import { cpuFamily } from "./cpu-family-catalogue.ts"
import { CpuBoardFile, CpuMachineFile } from "./cpu-machine.ts"
import { ConfigError } from "./errors.ts"
import { gpuArchitecture } from "./gpu-architecture-catalogue.ts"
import { GpuBoardFile, GpuMachineFile } from "./gpu-machine.ts"
import {
  type ArrayMachine,
  type CpuMachine,
  asArrayMachine,
  asCpuMachine,
  asGpuMachine,
  asBranchMachine,
  type BranchMachine,
  asSpatialArrayMachine,
  type GpuMachine,
  type Machine,
  type MachineFile,
  machineFromFile,
  type SpatialArrayMachine,
} from "./machine.ts"
import { machineAliases } from "./machine-aliases.ts"
import { didYouMean } from "./nearest.ts"
import type { QuantityFile } from "./quantity.ts"
import { SpatialArrayMachineFile } from "./spatial-machine.ts"
import { isUnitName, units } from "./units.ts"
import { decodeObject, decodeYaml } from "./yaml-file.ts"

/** `--set PATH=VALUE[UNIT]`: a number of the machine replaced for one run. */
export interface Override {
  readonly path: string
  readonly value: number
  /** The file's own unit when absent: the base unit of its dimension. */
  readonly unit?: string
  /** Who says so, where it is not the command line. */
  readonly origin?: string
}

/** Parses "dram.bandwidth=100GB/s" or "array.rows=64". @throws ConfigError */
export const parseOverride = (text: string): Override => {
  const match = /^([A-Za-z][\w.]*)=\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(\S*)$/.exec(text.trim())
  const value = match === null ? Number.NaN : Number(match[2])
  if (match === null || !Number.isFinite(value)) {
    throw new ConfigError({
      message: `--set ${text}: expected PATH=NUMBER, with or without a unit`,
      remedy:
        "For example --set dram.bandwidth=100GB/s or --set array.rows=64; `sparsim describe MACHINE` lists the paths.",
    })
  }
  const unit = match[3] ?? ""
  if (unit !== "" && !isUnitName(unit)) {
    throw new ConfigError({
      message: `--set ${text}: unknown unit "${unit}"`,
      remedy: didYouMean(unit, Object.keys(units)),
    })
  }
  return { path: match[1] ?? "", value, ...(unit === "" ? {} : { unit }) }
}

const systolicSize = /^systolic-(\d{1,5})x(\d{1,5})$/

const machineFiles = (): ReadonlyMap<string, string> =>
  new Map(
    [...builtinFiles.keys()]
      .filter(
        (path) =>
          !/^(energy|fpga|gpu-architecture|gpu-kernels|cpu-core|cpu-family|cpu-library|wasm|branch-core|branch-sparse)\//.test(
            path,
          ),
      )
      .map((path) => [path.replace(/^.*\//, "").replace(/\.yaml$/, ""), path]),
  )

/** Ids of the built-in machines, sorted. Besides these, `systolic-ROWSxCOLS` of any size exists. */
export const machineIds = (): readonly string[] => [...machineFiles().keys()].toSorted()

/** A systolic array of a size that has no file of its own: the 32 × 32 one with other edges. */
const resized = (rows: number, cols: number): ArrayMachineFile => {
  const id = `systolic-${rows}x${cols}`
  const path = machineFiles().get("systolic-32x32") ?? ""
  const base = decodeYaml(builtinFiles.get(path) ?? "", `arch/${path}`, ArrayMachineFile)
  const edge = (value: number): QuantityFile => ({
    value,
    unit: "PE",
    source: "named in the machine's id",
    status: "derived",
  })
  return {
    ...base,
    id,
    name: `Systolic array, ${rows} × ${cols} int8 PEs`,
    array: { ...base.array, rows: edge(rows), cols: edge(cols) },
  }
}

/** What the machine files of each kind hold once they are complete. */
const kinds = {
  array: ArrayMachineFile,
  "spatial-array": SpatialArrayMachineFile,
  gpu: GpuMachineFile,
  cpu: CpuMachineFile,
  branch: BranchMachineFile,
} as const

const isKind = (name: string): name is keyof typeof kinds => Object.hasOwn(kinds, name)

/** The one field that says how to read the others. */
const Kind = Schema.Struct({
  kind: Schema.String.check(
    Schema.makeFilter((name: string) =>
      isKind(name) ? undefined : `one of the known kinds of machine, ${Object.keys(kinds).join(", ")}`,
    ),
  ),
})

/** A machine file of any kind. @throws ConfigError */
const decodeMachine = (text: string, file: string): MachineFile => {
  const { kind } = decodeYaml(text, file, Kind, "ignore") as { readonly kind: keyof typeof kinds }
  if (kind === "cpu") {
    const board = decodeYaml(text, file, CpuBoardFile)
    return { ...board, family: cpuFamily(board.core, file) }
  }
  if (kind === "branch") {
    const predictor = decodeYaml(text, file, BranchPredictorFile)
    return { ...predictor, family: branchCore(predictor.core, file) }
  }
  if (kind !== "gpu") return decodeYaml(text, file, kinds[kind])
  const { tensor, ...board } = decodeYaml(text, file, GpuBoardFile)
  const family = gpuArchitecture(board.architecture, file)
  return { ...board, family: { ...family, tensor: { ...family.tensor, ...tensor } } }
}

const decodedBuiltins = new Map<string, MachineFile>()

/** Built-in texts never change, so each is decoded once. */
const readBuiltin = (id: string): MachineFile => {
  const known = decodedBuiltins.get(id)
  if (known !== undefined) return known
  const path = machineFiles().get(id) ?? ""
  const file = decodeMachine(builtinFiles.get(path) ?? "", `arch/${path}`)
  decodedBuiltins.set(id, file)
  return file
}

const isQuantityLike = (x: unknown): x is QuantityFile =>
  typeof x === "object" && x !== null && "value" in x && "unit" in x

const pathsOf = (x: object, prefix = ""): readonly string[] =>
  Object.entries(x).flatMap(([key, value]) => {
    const path = prefix === "" ? key : `${prefix}.${key}`
    if (isQuantityLike(value)) return [path]
    return typeof value === "object" && value !== null && !Array.isArray(value) ? pathsOf(value, path) : []
  })

/** The unit that a bare number is read in: the base unit of the dimension; `unit` itself if it is as large. */
const baseUnitOf = (unit: string): string => {
  if (!isUnitName(unit) || units[unit].inBase === 1) return unit
  const { dimension } = units[unit]
  return Object.entries(units).find(([, u]) => u.dimension === dimension && u.inBase === 1)?.[0] ?? unit
}

const withOverride = (file: MachineFile, { path, value, unit, origin }: Override): MachineFile => {
  const known = pathsOf(file)
  if (!known.includes(path)) {
    throw new ConfigError({
      message: `--set ${path}: ${file.id} has no number of that name`,
      remedy: didYouMean(path, known),
    })
  }
  const copy = structuredClone(file) as unknown as Record<string, unknown>
  const keys = path.split(".")
  let parent = copy
  for (const key of keys.slice(0, -1)) parent = parent[key] as Record<string, unknown>
  const last = keys.at(-1) ?? ""
  const old = parent[last] as QuantityFile
  parent[last] = {
    value,
    unit: unit ?? baseUnitOf(old.unit),
    source: origin ?? `--set on the command line; the file says ${old.value} ${old.unit}`,
    status: origin === undefined ? "assumed" : "derived",
  } satisfies QuantityFile
  const place = `--set ${path}=${value}${unit ?? ""}`
  return decodeObject(copy, place, kinds[file.kind])
}

/** A branch predictor with the sparse models that are named beside it. @throws ConfigError */
const withSparse = (file: MachineFile, sparse: string | undefined, name: string): MachineFile => {
  if (sparse === undefined) return file
  if (file.kind !== "branch") {
    throw new ConfigError({
      message: `${name}: ${file.id} is a machine of kind ${file.kind}, and only branch predictors take a + and sparse models`,
      remedy: `Leave "+${sparse}" out, or take a predictor such as tage-sc-l-64kb+sparse.`,
    })
  }
  const models = branchSparse(sparse, name)
  return { ...file, id: `${file.id}+${models.id}`, name: `${file.name} + ${models.name}`, sparse: models }
}

/** A machine from the text of a user's own YAML file; `sparse` names what stands beside a predictor. @throws ConfigError */
export const machineFromText = (
  text: string,
  file: string,
  overrides: readonly Override[] = [],
  sparse?: string,
): Machine =>
  machineFromFile(overrides.reduce(withOverride, withSparse(decodeMachine(text, file), sparse, file)))

/** A built-in machine by id or alias. @throws ConfigError with the nearest known id */
export const loadMachine = (name: string, overrides: readonly Override[] = []): Machine => {
  const { predictor, sparse } = splitSparse(name)
  const id = machineAliases[predictor] ?? predictor
  const size = systolicSize.exec(id)
  if (machineFiles().has(id)) {
    return machineFromFile(overrides.reduce(withOverride, withSparse(readBuiltin(id), sparse, name)))
  }
  if (size !== null && Number(size[1]) > 0 && Number(size[2]) > 0) {
    return machineFromFile(
      overrides.reduce<MachineFile>(
        withOverride,
        withSparse(resized(Number(size[1]), Number(size[2])), sparse, name),
      ),
    )
  }
  throw new ConfigError({
    message: `there is no machine "${id}"`,
    remedy: `${didYouMean(id, [...machineIds(), ...Object.keys(machineAliases)])} A systolic array of any size is systolic-ROWSxCOLS. A file of your own is given by its path, e.g. --on ./my-machine.yaml.`,
  })
}

/** A systolic array by id. @throws ConfigError; UnsupportedError for a machine of another kind */
export const loadArrayMachine = (id: string, overrides: readonly Override[] = []): ArrayMachine =>
  asArrayMachine(loadMachine(id, overrides))

/** A spatial array by id. @throws ConfigError; UnsupportedError for a machine of another kind */
export const loadSpatialArrayMachine = (
  id: string,
  overrides: readonly Override[] = [],
): SpatialArrayMachine => asSpatialArrayMachine(loadMachine(id, overrides))

/** A GPU board by id. @throws ConfigError; UnsupportedError for a machine of another kind */
export const loadGpuMachine = (id: string, overrides: readonly Override[] = []): GpuMachine =>
  asGpuMachine(loadMachine(id, overrides))

/** A CPU by id. @throws ConfigError; UnsupportedError for a machine of another kind */
export const loadCpuMachine = (id: string, overrides: readonly Override[] = []): CpuMachine =>
  asCpuMachine(loadMachine(id, overrides))

/** A branch predictor by id or alias. @throws ConfigError; UnsupportedError for a machine of another kind */
export const loadBranchMachine = (id: string, overrides: readonly Override[] = []): BranchMachine =>
  asBranchMachine(loadMachine(id, overrides))
