/** Finding the kind of core that a board names. */
import { builtinFiles } from "./builtin.ts"
import { CpuFamilyFile } from "./cpu-machine.ts"
import { ConfigError } from "./errors.ts"
import { didYouMean } from "./nearest.ts"
import { decodeYaml } from "./yaml-file.ts"

const folder = "cpu-family/"

/** Ids of the built-in kinds of core, sorted. */
export const cpuFamilyIds = (): readonly string[] =>
  [...builtinFiles.keys()]
    .filter((path) => path.startsWith(folder))
    .map((path) => path.slice(folder.length).replace(/\.yaml$/, ""))
    .toSorted()

const known = new Map<string, CpuFamilyFile>()

/** The file of a kind of core; `board` is the file that names it. @throws ConfigError with the nearest known id */
export const cpuFamily = (id: string, board: string): CpuFamilyFile => {
  const decoded = known.get(id)
  if (decoded !== undefined) return decoded
  const path = `${folder}${id}.yaml`
  const text = builtinFiles.get(path)
  if (text === undefined) {
    throw new ConfigError({
      message: `there is no kind of core "${id}"`,
      place: { file: board, path: "core" },
      remedy: didYouMean(id, cpuFamilyIds()),
    })
  }
  const file = decodeYaml(text, `arch/${path}`, CpuFamilyFile)
  known.set(id, file)
  return file
}
