/** Finding sparse models for a branch predictor by the name behind its `+`. */
import { BranchSparseFile } from "./branch-sparse.ts"
import { builtinFiles } from "./builtin.ts"
import { ConfigError } from "./errors.ts"
import { didYouMean } from "./nearest.ts"
import { decodeYaml } from "./yaml-file.ts"

const folder = "branch-sparse/"

/** Names that can stand behind the `+` of a branch predictor, sorted. */
export const branchSparseIds = (): readonly string[] =>
  [...builtinFiles.keys()]
    .filter((path) => path.startsWith(folder))
    .map((path) => path.slice(folder.length).replace(/\.yaml$/, ""))
    .toSorted()

/** "A+B" as the predictor A and its sparse models B; a name without `+` has none, nor has a path with one in a folder's name. */
export const splitSparse = (name: string): { readonly predictor: string; readonly sparse?: string } => {
  const match = /^(.+)\+([\w-]+)$/.exec(name)
  return match === null ? { predictor: name } : { predictor: match[1], sparse: match[2] }
}

/** `machine` is the name that they stand in. @throws ConfigError with the nearest known name */
export const branchSparse = (id: string, machine: string): BranchSparseFile => {
  const path = `${folder}${id}.yaml`
  const text = builtinFiles.get(path)
  if (text === undefined) {
    throw new ConfigError({
      message: `${machine}: there are no sparse models called "${id}"`,
      remedy: `${didYouMean(id, branchSparseIds())} For example tage-sc-l-64kb+sparse.`,
    })
  }
  return decodeYaml(text, `arch/${path}`, BranchSparseFile)
}
