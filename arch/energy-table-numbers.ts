/** Every number of an energy table with its place, the rows of its lists included. */
import type { EnergyTable } from "./energy-table.ts"
import { machineNumbers, type PlacedQuantity } from "./machine.ts"
import type { Quantity } from "./quantity.ts"

/** What tells a row of a list from the others: its names ("fp16/fp32", "ddr4"), or its number where it has none. */
const rowName = (row: object, index: number): string => {
  const names = Object.values(row).filter((value) => typeof value === "string")
  return names.length === 0 ? String(index) : names.join("/")
}

const rowsOf = (list: readonly object[] | undefined, path: string): readonly PlacedQuantity[] =>
  (list ?? []).flatMap((row, i) => machineNumbers(row, `${path}.${rowName(row, i)}`))

/** Rows of a list are placed by what they are for: `entries.mac.fp16/fp32.compute`, `dram.ddr4.read`. */
export const energyTableNumbers = (table: EnergyTable): readonly PlacedQuantity[] => {
  const { mac, alu, sram } = table.entries
  return [
    ...machineNumbers(table),
    ...rowsOf(mac, "entries.mac"),
    ...rowsOf(alu, "entries.alu"),
    ...rowsOf(sram?.anchors, "entries.sram.anchors"),
    ...rowsOf(table.dram, "dram"),
  ]
}

type Rows = readonly object[]

/** One number of a tree replaced; names of list rows are those of `energyTableNumbers`. */
const replaced = (node: unknown, keys: readonly string[], value: number): unknown => {
  if (keys.length === 0) return { ...(node as Quantity), value }
  if (Array.isArray(node)) {
    // A row's name may hold a dot, so the longest one that fits the rest of the path is meant.
    const rest = keys.join(".")
    return (node as Rows).map((row, i) => {
      const name = rowName(row, i)
      return rest.startsWith(`${name}.`) ? replaced(row, rest.slice(name.length + 1).split("."), value) : row
    })
  }
  const [key, ...deeper] = keys
  const record = node as Readonly<Record<string, unknown>>
  return { ...record, [key]: replaced(record[key], deeper, value) }
}

/** The table with one number replaced; `path` is one of `energyTableNumbers`. */
export const withTableNumber = (table: EnergyTable, path: string, value: number): EnergyTable =>
  replaced(table, path.split("."), value) as EnergyTable
