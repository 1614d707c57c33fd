/** The head of a trace's manifest from what a run was given. */
import { createHash } from "node:crypto"
import type { EnergyTable } from "../../arch/energy-table.ts"
import { clockOf, type Machine, machineNumbers } from "../../arch/machine.ts"
import type { Network } from "../../dataflows/network.ts"
import type { ManifestHead } from "../../sim/trace/builder.ts"
import { type Manifest, type Roof, traceVersion } from "../../sim/trace/manifest.ts"
import { version } from "../version.ts"
import type { PricedActions } from "./priced-actions.ts"

/** JSON with sorted keys, so that equal values have equal hashes. Functions and undefined are left out. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value)
      .filter(([, v]) => v !== undefined && typeof v !== "function")
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(",")}}`
  }
  return JSON.stringify(value) ?? "null"
}

/** SHA-256 of a plain value, as hexadecimal. */
export const contentHash = (value: unknown): string =>
  createHash("sha256").update(canonical(value)).digest("hex")

const tableHashes = new WeakMap<EnergyTable, string>()

/** Built-in tables are large and decoded once, so each is hashed once. */
const tableHash = (table: EnergyTable): string => {
  const hash = tableHashes.get(table) ?? contentHash(table)
  tableHashes.set(table, hash)
  return hash
}

export interface HeadInput {
  readonly machine: Machine
  /** Of the trace's cycles; the machine's clock where absent. */
  readonly clockHertz?: number
  readonly roofs: readonly Roof[]
  readonly workload: Manifest["workload"]
  readonly energy: Omit<PricedActions, "others"> & Partial<PricedActions>
  readonly settings: Readonly<Record<string, string>>
  readonly command: string
  readonly seed: number
  readonly warnings: readonly string[]
  /** What this kind of machine counts otherwise than the usual. */
  readonly conventions?: Readonly<Record<string, string>>
  /** The run as its engine can plan it anew. */
  readonly replay?: Manifest["replay"]
}

/** A network as manifests name it. */
export const networkIdentity = ({ id, name, batch, source, layers }: Network): Manifest["workload"] => ({
  id,
  name,
  hash: contentHash({ layers: layers.map(({ id: layer, op, sparsity }) => ({ id: layer, op, sparsity })) }),
  batch,
  source,
})

const conventions = {
  mac: "one multiply-accumulate is two floating-point operations",
  interval: "spans are half-open, in cycles of the machine's clock",
  bytes: "sram, register and dram counters are bytes",
  "operation counts":
    "dense-equivalent, non-zero, useful and issued multiply-accumulates, all four in component ops",
  useful: "activations count as non-zero; weights are as pruned, or as found in the file where one was given",
}

export const manifestHead = (input: HeadInput): ManifestHead => {
  const { machine, energy } = input
  return {
    schema: "sparsim-trace",
    version: traceVersion,
    tool: `sparsim ${version}`,
    command: input.command,
    machine: {
      id: machine.id,
      name: machine.name,
      kind: machine.kind,
      hash: contentHash(machine),
      numbers: machineNumbers(machine).map(({ path, value, written, unit, status, source, range, note }) => ({
        path,
        value,
        written,
        unit,
        status,
        source,
        ...(range === undefined ? {} : { range }),
        ...(note === undefined ? {} : { note }),
      })),
      roofs: input.roofs,
    },
    workload: input.workload,
    settings: input.settings,
    energy: {
      table: energy.table.id,
      name: energy.table.name,
      hash: tableHash(energy.table),
      scope: energy.table.scope,
      actions: energy.actions,
      ...(energy.others === undefined || energy.others.length === 0
        ? {}
        : {
            others: energy.others.map(({ table, picojoules }) => ({
              table: table.id,
              name: table.name,
              hash: tableHash(table),
              scope: table.scope,
              picojoules,
            })),
          }),
      staticWatts: machine.energy.staticPower.value,
      staticStatus: machine.energy.staticPower.status,
    },
    seed: input.seed,
    clockHertz: input.clockHertz ?? clockOf(machine).value,
    conventions: { ...conventions, ...input.conventions },
    ...(input.replay === undefined ? {} : { replay: input.replay }),
    warnings: input.warnings,
  }
}
