/** Many runs by what differs between them. */
import type { Manifest } from "../sim/trace/manifest.ts"
import { shortNumber } from "../viz/number-format.ts"
import { telling } from "./run-label.ts"

/** Machine numbers beyond this many that differ make two machines, not two settings of one. */
const mostNumbers = 3

/** One way of naming a run, and each run's name by it. */
type Part = readonly string[]

const differs = (part: Part): boolean => new Set(part).size > 1

/** Whether a setting has one value where there is one at all: that it is there says no more than the method does. */
const isImplied = (key: string, manifests: readonly Manifest[]): boolean => {
  const having = manifests.filter(({ settings }) => key in settings)
  const lacking = manifests.filter(({ settings }) => !(key in settings))
  const values = (some: readonly Manifest[], of: string): ReadonlySet<string | undefined> =>
    new Set(some.map(({ settings }) => settings[of]))
  return (
    values(having, key).size === 1 &&
    telling.some((other) => {
      const taken = values(lacking, other)
      return [...values(having, other)].every((value) => !taken.has(value))
    })
  )
}

const settingPart = (manifests: readonly Manifest[], key: string): Part =>
  manifests.map(({ settings }) => (settings[key] === undefined ? `no ${key}` : `${key} ${settings[key]}`))

/** Method and pattern in a name, as far as they differ, e.g. "BDWP 2:8". */
const methodPart = (manifests: readonly Manifest[]): Part => {
  const keys = telling.filter((key) => differs(manifests.map(({ settings }) => settings[key] ?? "")))
  return manifests.map(({ settings }) => {
    const words = [...new Set(keys.flatMap((key) => settings[key] ?? []))]
    return words.length === 0 && keys.length > 0 ? `no ${keys[0]}` : words.join(" ")
  })
}

const numberParts = (manifests: readonly Manifest[]): readonly Part[] => {
  const known = manifests.map(
    ({ machine }) => new Map(machine.numbers.map((number) => [number.path, number])),
  )
  const paths = [...new Set(known.flatMap((numbers) => [...numbers.keys()]))]
  const parts = paths
    .map((path) =>
      known.map((numbers) => {
        const number = numbers.get(path)
        return number === undefined ? `no ${path}` : `${path} ${shortNumber(number.written)} ${number.unit}`
      }),
    )
    .filter(differs)
  return parts.length > mostNumbers ? [] : parts
}

/** A name each: workload, machine, settings and machine numbers, as far as they differ; equal names are counted. */
export const runLabels = (manifests: readonly Manifest[]): readonly string[] => {
  const keys = [...new Set(manifests.flatMap(({ settings }) => Object.keys(settings)))]
    .filter((key) => !telling.includes(key) && !isImplied(key, manifests))
    .toSorted()
  const machines: Part = manifests.map(({ machine }) => machine.name)
  const parts = [
    manifests.map(({ workload }) => workload.name),
    machines,
    methodPart(manifests),
    ...keys.map((key) => settingPart(manifests, key)),
    ...(differs(machines) ? [] : numberParts(manifests)),
  ].filter(differs)
  const names = manifests.map((_, i) =>
    parts
      .map((part) => part[i])
      .filter((text) => text !== "")
      .join(", "),
  )
  return names.map((name, i) => {
    const twins = names.filter((other) => other === name).length
    const before = names.slice(0, i).filter((other) => other === name).length
    if (twins === 1) return name
    return `${name === "" ? "run" : name} (${before + 1})`
  })
}
