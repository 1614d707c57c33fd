/** Finding the architecture that a GPU board names. */
import { builtinFiles } from "./builtin.ts"
import { ConfigError } from "./errors.ts"
import { GpuArchitectureFile } from "./gpu-architecture.ts"
import { didYouMean } from "./nearest.ts"
import { decodeYaml } from "./yaml-file.ts"

const folder = "gpu-architecture/"

/** Ids of the built-in architectures, sorted. */
export const gpuArchitectureIds = (): readonly string[] =>
  [...builtinFiles.keys()]
    .filter((path) => path.startsWith(folder))
    .map((path) => path.slice(folder.length).replace(/\.yaml$/, ""))
    .toSorted()

const known = new Map<string, GpuArchitectureFile>()

/** The file of an architecture; `board` is the file that names it. @throws ConfigError with the nearest known id */
export const gpuArchitecture = (id: string, board: string): GpuArchitectureFile => {
  const decoded = known.get(id)
  if (decoded !== undefined) return decoded
  const path = `${folder}${id}.yaml`
  const text = builtinFiles.get(path)
  if (text === undefined) {
    throw new ConfigError({
      message: `there is no GPU architecture "${id}"`,
      place: { file: board, path: "architecture" },
      remedy: didYouMean(id, gpuArchitectureIds()),
    })
  }
  const file = decodeYaml(text, `arch/${path}`, GpuArchitectureFile)
  known.set(id, file)
  return file
}
