/** The numbers of an energy table, each at a place of its own. */
import { describe, expect, it } from "vitest"
import { energyTableIds, loadEnergyTable } from "../../arch/energy-catalogue.ts"
import { energyTableNumbers } from "../../arch/energy-table-numbers.ts"

/** Numbers found anywhere below a value: whatever says how it is known. */
const countIn = (value: unknown): number => {
  if (typeof value !== "object" || value === null) return 0
  return "status" in value ? 1 : Object.values(value).reduce<number>((sum, part) => sum + countIn(part), 0)
}

describe.each(energyTableIds())("the numbers of %s", (id) => {
  const table = loadEnergyTable(id)
  const numbers = energyTableNumbers(table)

  it("are all of them, those in lists included", () => {
    expect(numbers.length).toBe(countIn(table))
    expect(numbers.filter(({ path }) => path.startsWith("dram.")).length).toBe(2 * table.dram.length)
  })

  it("have places that differ", () => {
    expect(new Set(numbers.map(({ path }) => path)).size).toBe(numbers.length)
  })
})
