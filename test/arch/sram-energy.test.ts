import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { builtinEnergyTables, loadEnergyTable } from "../../arch/energy-catalogue.ts"
import { sramEnergy } from "../../arch/sram-energy.ts"

const laws = builtinEnergyTables().flatMap(({ entries }) =>
  entries.sram === undefined ? [] : [entries.sram],
)
const law = fc.constantFrom(...laws)
const capacity = fc.integer({ min: 1, max: 64 * 1024 * 1024 })
const action = fc.constantFrom("read" as const, "write" as const)
const horowitz = loadEnergyTable("horowitz-45nm").entries.sram!

describe("SRAM energy against capacity", () => {
  it("is exactly the published energy at a published capacity, with its status", () => {
    // Horowitz, ISSCC 2014: 8, 32 and 1,024 KiB cost 10, 20 and 100 pJ per 64 bits.
    for (const [kibibytes, picojoules] of [
      [8, 10],
      [32, 20],
      [1024, 100],
    ] as const) {
      const energy = sramEnergy(horowitz, kibibytes * 1024, "read")
      expect(energy).toMatchObject({ picojoules: picojoules / 8, status: "derived" })
    }
  })

  it("lies between its neighbours' inside the known capacities, and is derived where they are known", () => {
    // 16 KiB halves the way from 8 to 32 KiB in log-log: sqrt(1.25 × 2.5).
    const energy = sramEnergy(horowitz, 16 * 1024, "read")
    expect(energy.picojoules).toBeCloseTo(Math.sqrt(1.25 * 2.5), 12)
    expect(energy.status).toBe("derived")
  })

  it("is assumed outside the known capacities, and says so", () => {
    const large = sramEnergy(horowitz, 4 * 1024 * 1024, "read")
    expect(large.picojoules).toBeCloseTo(12.5 * 2, 12)
    expect(large.status).toBe("assumed")
    expect(large.source).toContain("4 MiB is outside the known memories")
    expect(sramEnergy(horowitz, 2048, "read").picojoules).toBeCloseTo(1.25 / 2, 12)
  })

  it("never falls with capacity", () => {
    fc.assert(
      fc.property(law, capacity, capacity, action, (law, a, b, action) => {
        const [smaller, larger] = a < b ? [a, b] : [b, a]
        const below = sramEnergy(law, smaller, action).picojoules
        expect(below).toBeLessThanOrEqual(sramEnergy(law, larger, action).picojoules * (1 + 1e-12))
        expect(below).toBeGreaterThan(0)
      }),
    )
  })

  it("does not jump at an anchor", () => {
    fc.assert(
      fc.property(law, fc.nat(3), action, (law, index, action) => {
        const anchor = law.anchors[index % law.anchors.length]
        for (const step of [-1e-9, 1e-9]) {
          const beside = sramEnergy(law, anchor.capacity.value * (1 + step), action).picojoules
          expect(beside / anchor[action].value).toBeCloseTo(1, 7)
        }
      }),
    )
  })
})
