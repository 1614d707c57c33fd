/** A machine's numbers by path as the machine that they are of. */

type Node = Record<string, unknown>

/**
 * `{ value }` at the end of every dotted path, which is what a model reads of a quantity. Objects have no prototype: paths
 * come from a file.
 */
export const byPath = (numbers: ReadonlyMap<string, number>): Readonly<Record<string, unknown>> => {
  const empty = (): Node => Object.create(null) as Node
  const root = empty()
  for (const [path, value] of numbers) {
    const keys = path.split(".")
    let parent = root
    for (const key of keys.slice(0, -1)) parent = (parent[key] ??= empty()) as Node
    parent[keys.at(-1) ?? ""] = { value }
  }
  return root
}
