/** Finding a library of GPU kernels and its constants on one architecture. */
import * as Schema from "effect/Schema"
import { builtinFiles } from "./builtin.ts"
import { ConfigError, UnsupportedError } from "./errors.ts"
import { type GpuKernelKind, gpuKernelKinds, type GpuKernelLibraryFile } from "./gpu-kernel-library.ts"
import { type GpuKernelLibraryOf } from "./gpu-kernel-library.ts"
import { didYouMean } from "./nearest.ts"
import { decoded, type Quantity, type QuantityFile } from "./quantity.ts"
import { decodeYaml } from "./yaml-file.ts"

const folder = "gpu-kernels/"

/** Ids of the built-in kernel libraries, sorted. */
export const gpuKernelLibraryIds = (): readonly string[] =>
  [...builtinFiles.keys()]
    .filter((path) => path.startsWith(folder))
    .map((path) => path.slice(folder.length).replace(/\.yaml$/, ""))
    .toSorted()

const isKind = (name: string): name is GpuKernelKind => Object.hasOwn(gpuKernelKinds, name)

const Kind = Schema.Struct({
  kind: Schema.String.check(
    Schema.makeFilter((name: string) =>
      isKind(name) ? undefined : `one of ${Object.keys(gpuKernelKinds).join(", ")}`,
    ),
  ),
})

/** A library's file of any kind. @throws ConfigError */
export const gpuKernelLibraryFromText = (text: string, file: string): GpuKernelLibraryFile => {
  const { kind } = decodeYaml(text, file, Kind, "ignore") as { readonly kind: GpuKernelKind }
  return decodeYaml(text, file, gpuKernelKinds[kind])
}

const known = new Map<string, GpuKernelLibraryFile>()

/** The file of a built-in library. @throws ConfigError with the nearest known id */
export const gpuKernelLibrary = (id: string): GpuKernelLibraryFile => {
  const before = known.get(id)
  if (before !== undefined) return before
  const path = `${folder}${id}.yaml`
  const text = builtinFiles.get(path)
  if (text === undefined) {
    throw new ConfigError({
      message: `there is no kernel library "${id}"`,
      remedy: didYouMean(id, gpuKernelLibraryIds()),
    })
  }
  const file = gpuKernelLibraryFromText(text, `arch/${path}`)
  known.set(id, file)
  return file
}

/** The library of `id` if it is of `kind`. @throws ConfigError */
export const gpuKernelLibraryOfKind = <K extends GpuKernelKind>(
  id: string,
  kind: K,
): GpuKernelLibraryOf<K> => {
  const file = gpuKernelLibrary(id)
  if (file.kind === kind) return file
  throw new ConfigError({
    message: `the kernel library "${id}" is of kind ${file.kind}, not ${kind}`,
    place: { file: `arch/${folder}${id}.yaml`, path: "kind" },
    remedy: "Name a library of the kind that the kernel needs.",
  })
}

type ConstantsOf<K extends GpuKernelKind> = GpuKernelLibraryOf<K>["constants"][string]

/** The constants as plain numbers in base units. */
export type KernelConstants<K extends GpuKernelKind> = { readonly [F in keyof ConstantsOf<K>]: number }

const constantsOn = (
  file: GpuKernelLibraryFile,
  architecture: string,
): readonly (readonly [string, Quantity])[] => {
  const constants = Object.hasOwn(file.constants, architecture) ? file.constants[architecture] : undefined
  if (constants === undefined) {
    throw new UnsupportedError({
      message: `nothing is measured of ${file.name} on the architecture ${architecture}`,
      remedy: `It is modelled on ${Object.keys(file.constants).join(", ")}.`,
    })
  }
  return Object.entries(constants as Readonly<Record<string, QuantityFile>>).map(([name, q]) => [
    name,
    decoded(q),
  ])
}

/** Whether anything is measured of a library on an architecture. @throws ConfigError for an unknown library */
export const hasKernelConstants = (id: string, architecture: string): boolean =>
  Object.hasOwn(gpuKernelLibrary(id).constants, architecture)

/** Numbers of a library on an architecture, with their sources. @throws ConfigError, UnsupportedError */
export const kernelNumbers = (id: string, architecture: string): readonly (readonly [string, Quantity])[] =>
  constantsOn(gpuKernelLibrary(id), architecture)

/** The same as plain numbers. @throws ConfigError; UnsupportedError where the architecture has none */
export const kernelConstants = <K extends GpuKernelKind>(
  id: string,
  kind: K,
  architecture: string,
): KernelConstants<K> =>
  Object.fromEntries(
    constantsOn(gpuKernelLibraryOfKind(id, kind) as GpuKernelLibraryFile, architecture).map(
      ([name, { value }]) => [name, value],
    ),
  ) as KernelConstants<K>
