/** What to call a run. */
import type { Manifest } from "../sim/trace/manifest.ts"

/** Settings that say which method a run used, most telling first. */
export const telling: readonly string[] = ["method", "train", "pattern", "sparsity"]

/** A run by its method and pattern, e.g. "BDWP 2:8"; by its workload where it has neither. */
export const runLabel = (manifest: Manifest): string => {
  const words = telling.flatMap((key) => manifest.settings[key] ?? [])
  const distinct = words.filter((word, index) => words.indexOf(word) === index)
  return distinct.length === 0 ? manifest.workload.name : distinct.join(" ")
}

/** Two runs by what differs between them: method and pattern, else other settings, workload or machine; else A and B. */
export const pairLabels = (a: Manifest, b: Manifest): readonly [string, string] => {
  const methods = [runLabel(a), runLabel(b)] as const
  if (methods[0] !== methods[1]) return methods
  const keys = [...new Set([...Object.keys(a.settings), ...Object.keys(b.settings)])]
    .filter((key) => a.settings[key] !== b.settings[key])
    .toSorted()
  if (keys.length > 0) {
    const of = (manifest: Manifest): string =>
      keys.map((key) => `${key} ${manifest.settings[key] ?? "not set"}`).join(", ")
    return [of(a), of(b)]
  }
  if (a.machine.name !== b.machine.name) return [a.machine.name, b.machine.name]
  if (a.workload.name !== b.workload.name) return [a.workload.name, b.workload.name]
  return [`${methods[0]} (A)`, `${methods[1]} (B)`]
}
