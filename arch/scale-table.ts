/** An energy table carried over to another process node and supply voltage. */
import { mapEntries } from "./energy-entries.ts"
import type { EnergyTable } from "./energy-table.ts"
import { ConfigError } from "./errors.ts"
import { nodeScaling } from "./node-scaling.ts"
import type { Quantity, Status } from "./quantity.ts"
import { worstStatus } from "./worst-status.ts"

const shown = (n: number): string => String(Number(n.toPrecision(4)))

/**
 * The table with logic and on-chip memory scaled after Stillmaker and Baas (2017) to `toNode` nanometres at `toVoltage`
 * volts. DRAM rows stay as they are: an interface and a DRAM process do not follow logic. A scaled number is `derived`,
 * or worse when it, or the table's own node or voltage, was; its source ends with the factor. The id of the result is
 * `ID@16nm@0.85V`.
 * @throws ConfigError when the table has no voltage, or either point is outside what the fits cover
 */
export const scaleTable = (table: EnergyTable, toNode: number, toVoltage: number): EnergyTable => {
  const { node, voltage } = table
  if (voltage === undefined) {
    throw new ConfigError({
      message: `energy table "${table.id}" cannot be scaled: it does not say its supply voltage`,
      remedy: "Add a `voltage` to the table, with status assumed if it is a guess.",
    })
  }
  const factor = nodeScaling(
    { node: node.value, voltage: voltage.value },
    { node: toNode, voltage: toVoltage },
  )
  const step = `× ${shown(factor)}, ${node.value} nm ${voltage.value} V to ${toNode} nm ${toVoltage} V (Stillmaker and Baas 2017)`
  const given: Status = worstStatus("derived", node.status, voltage.status)
  const base = table.id.split("@")[0] ?? table.id
  return {
    ...table,
    id: `${base}@${toNode}nm@${toVoltage}V`,
    name: `${table.name}, scaled to ${toNode} nm, ${toVoltage} V`,
    node: chosen(node, toNode),
    voltage: chosen(voltage, toVoltage),
    entries: mapEntries(table.entries, {
      energy: (q) => ({
        ...times(q, factor),
        status: worstStatus(given, q.status),
        source: `${q.source}; ${step}`,
      }),
      other: (q) => q,
    }),
  }
}

const times = (q: Quantity, factor: number): Quantity => ({
  ...q,
  value: q.value * factor,
  written: q.written * factor,
  ...(q.range && { range: [q.range[0] * factor, q.range[1] * factor] as const }),
})

/** A node or voltage that was asked for: an operating point, not a claim, so there is nothing to doubt about it. */
const chosen = ({ unit }: Quantity, value: number): Quantity => ({
  value,
  written: value,
  unit,
  status: "derived",
  source: "chosen when the table was scaled",
})
