/** Every number of an energy table with its place, the rows of its lists included. */
import type { EnergyTable } from "./energy-table.ts"
import { machineNumbers, type PlacedQuantity } from "./machine.ts"

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
