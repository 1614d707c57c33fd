/** Finding the core that a branch predictor's file names. */
import { BranchCoreFile } from "./branch-machine.ts"
import { builtinFiles } from "./builtin.ts"
import { ConfigError } from "./errors.ts"
import { didYouMean } from "./nearest.ts"
import { decodeYaml } from "./yaml-file.ts"

const folder = "branch-core/"

/** Ids of the built-in cores around branch predictors, sorted. */
export const branchCoreIds = (): readonly string[] =>
  [...builtinFiles.keys()]
    .filter((path) => path.startsWith(folder))
    .map((path) => path.slice(folder.length).replace(/\.yaml$/, ""))
    .toSorted()

const known = new Map<string, BranchCoreFile>()

/** The file of a core; `machine` is the file that names it. @throws ConfigError with the nearest known id */
export const branchCore = (id: string, machine: string): BranchCoreFile => {
  const decoded = known.get(id)
  if (decoded !== undefined) return decoded
  const path = `${folder}${id}.yaml`
  const text = builtinFiles.get(path)
  if (text === undefined) {
    throw new ConfigError({
      message: `there is no core "${id}"`,
      place: { file: machine, path: "core" },
      remedy: didYouMean(id, branchCoreIds()),
    })
  }
  const file = decodeYaml(text, `arch/${path}`, BranchCoreFile)
  known.set(id, file)
  return file
}
