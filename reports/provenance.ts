/** Where a result comes from: command, inputs by hash, and how well its numbers are known. */
import type { Status } from "../arch/quantity.ts"
import type { Manifest } from "../sim/trace/manifest.ts"

export interface UncertainNumber {
  /** Place in the machine file, or "component.action" of the energy table. */
  readonly path: string
  readonly value: number
  readonly unit: string
  readonly status: Status
  readonly source: string
  readonly range?: readonly [number, number]
}

export interface Provenance {
  readonly tool: string
  readonly command: string
  readonly traceVersion: string
  readonly machine: { readonly id: string; readonly name: string; readonly hash: string }
  readonly workload: {
    readonly id: string
    readonly name: string
    readonly hash: string
    readonly batch: number
    readonly source: string
  }
  readonly energyTable:
    | { readonly id: string; readonly name: string; readonly hash: string; readonly scope: string }
    | undefined
  readonly seed: number
  readonly clockHertz: number
  readonly conventions: readonly (readonly [string, string])[]
  readonly settings: readonly (readonly [string, string])[]
  /** Numbers of the machine and of the energy table, by how they are known. */
  readonly byStatus: Readonly<Record<Status, number>>
  /** The assumed and fitted ones, which the result rests on. */
  readonly uncertain: readonly UncertainNumber[]
  readonly warnings: readonly string[]
}

const sortedEntries = (record: Readonly<Record<string, string>>): readonly (readonly [string, string])[] =>
  Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1))

export const provenance = (manifest: Manifest): Provenance => {
  const { machine, energy, workload } = manifest
  const numbers: readonly UncertainNumber[] = [
    ...machine.numbers.map(({ path, written, unit, status, source, range }) => ({
      path,
      value: written,
      unit,
      status,
      source,
      ...(range === undefined ? {} : { range }),
    })),
    ...(energy?.actions ?? []).map(({ component, action, picojoules, per, status, source }) => ({
      path: `${component}.${action}`,
      value: picojoules,
      unit: `pJ/${per}`,
      status,
      source,
    })),
  ]
  const byStatus: Record<Status, number> = { published: 0, measured: 0, derived: 0, assumed: 0, fitted: 0 }
  for (const { status } of numbers) byStatus[status] += 1
  return {
    tool: manifest.tool,
    command: manifest.command,
    traceVersion: manifest.version,
    machine: { id: machine.id, name: machine.name, hash: machine.hash },
    workload: {
      id: workload.id,
      name: workload.name,
      hash: workload.hash,
      batch: workload.batch,
      source: workload.source,
    },
    energyTable:
      energy === undefined
        ? undefined
        : { id: energy.table, name: energy.name, hash: energy.hash, scope: energy.scope },
    seed: manifest.seed,
    clockHertz: manifest.clockHertz,
    conventions: sortedEntries(manifest.conventions),
    settings: sortedEntries(manifest.settings),
    byStatus,
    uncertain: numbers.filter(({ status }) => status === "assumed" || status === "fitted"),
    warnings: manifest.warnings,
  }
}
