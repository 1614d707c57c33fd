import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { builtinEnergyTables, loadEnergyTable } from "../../arch/energy-catalogue.ts"
import type { EnergyComponent } from "../../arch/energy-component.ts"
import type { EnergyTable } from "../../arch/energy-table.ts"
import { ConfigError } from "../../arch/errors.ts"
import { nodeScaling } from "../../arch/node-scaling.ts"
import { resolveEnergy } from "../../arch/resolve-energy.ts"
import { scaleTable } from "../../arch/scale-table.ts"

const anyTable = fc.constantFrom(...builtinEnergyTables().filter(({ voltage }) => voltage !== undefined))
const node = fc.double({ min: 7, max: 130, noNaN: true })
const voltage = fc.double({ min: 0.65, max: 1.5, noNaN: true })

const onChip: readonly EnergyComponent[] = [
  { component: "pe", kind: "mac", dtype: "fp16", accumulate: "fp32" },
  { component: "vector", kind: "alu", dtype: "fp32" },
  { component: "sorter", kind: "comparator", bits: 16 },
  { component: "near", kind: "sram", capacityBytes: 48 * 1024 },
  { component: "huge", kind: "sram", capacityBytes: 16 * 1024 * 1024 },
  { component: "latch", kind: "register" },
]
const energies = (table: EnergyTable) => resolveEnergy(table, onChip).map(({ picojoules }) => picojoules)

describe("scaling a table", () => {
  it("multiplies every on-chip energy by one factor", () => {
    fc.assert(
      fc.property(anyTable, node, voltage, (table, n, v) => {
        const from = { node: table.node.value, voltage: table.voltage!.value }
        const factor = nodeScaling(from, { node: n, voltage: v })
        const before = energies(table)
        for (const [i, after] of energies(scaleTable(table, n, v)).entries()) {
          expect(after / (before[i] * factor)).toBeCloseTo(1, 9)
        }
      }),
    )
  })

  it("leaves DRAM alone: no process node applies to it", () => {
    fc.assert(
      fc.property(anyTable, node, voltage, (table, n, v) => {
        expect(scaleTable(table, n, v).dram).toEqual(table.dram)
      }),
    )
  })

  it("gives the same in two steps as in one", () => {
    fc.assert(
      fc.property(anyTable, node, voltage, node, voltage, (table, n1, v1, n2, v2) => {
        const once = scaleTable(table, n2, v2)
        const twice = scaleTable(scaleTable(table, n1, v1), n2, v2)
        expect(twice.id).toBe(once.id)
        const expected = energies(once)
        for (const [i, picojoules] of energies(twice).entries())
          expect(picojoules / expected[i]).toBeCloseTo(1, 9)
      }),
    )
  })

  it("calls a scaled number derived, an assumed one still assumed, and shows the factor", () => {
    const table = scaleTable(loadEnergyTable("horowitz-45nm"), 16, 0.85)
    expect(table.id).toBe("horowitz-45nm@16nm@0.85V")
    const int8 = table.entries.alu?.find(({ dtype }) => dtype === "int8")
    // Stillmaker and Baas: (0.2958 × 0.7225 - 0.1241 × 0.85 + 0.03024) / (1.103 × 0.81 - 0.362 × 0.9 + 0.2767) = 0.164.
    expect(int8?.mul.value).toBeCloseTo(0.2 * 0.164, 6)
    expect(int8?.mul.status).toBe("derived")
    expect(int8?.mul.source).toContain("× 0.164, 45 nm 0.9 V to 16 nm 0.85 V")
    expect(table.entries.register?.read.status).toBe("assumed")
  })

  it("calls every scaled number assumed when the table's own voltage was", () => {
    const { entries } = scaleTable(loadEnergyTable("sparseloop-stc-45nm"), 16, 0.85)
    expect(entries.mac?.[0]?.gated.status).toBe("assumed")
  })

  it("scales the range with the value", () => {
    const before = loadEnergyTable("horowitz-45nm").entries.register!.read
    const after = scaleTable(loadEnergyTable("horowitz-45nm"), 7, 0.7).entries.register!.read
    expect(after.range![0] / before.range![0]).toBeCloseTo(after.value / before.value, 12)
    expect(after.range![1] / before.range![1]).toBeCloseTo(after.value / before.value, 12)
  })

  it("keeps capacities and exponents", () => {
    const before = loadEnergyTable("horowitz-45nm").entries.sram!
    const after = scaleTable(loadEnergyTable("horowitz-45nm"), 7, 0.7).entries.sram!
    expect(after.exponent).toEqual(before.exponent)
    expect(after.anchors.map(({ capacity }) => capacity)).toEqual(
      before.anchors.map(({ capacity }) => capacity),
    )
  })

  it("refuses a table that does not say its voltage, and a node beyond the fits", () => {
    const { voltage: _, ...silent } = loadEnergyTable("horowitz-45nm")
    expect(() => scaleTable(silent, 16, 0.85)).toThrow(ConfigError)
    expect(() => scaleTable(loadEnergyTable("horowitz-45nm"), 5, 0.7)).toThrow(ConfigError)
  })
})
