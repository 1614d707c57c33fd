import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { TraceError } from "../../arch/errors.ts"
import { aggregate } from "../../reports/aggregate.ts"
import { energyByTables } from "../../reports/energy-tables.ts"
import { energyReport } from "../../reports/energy.ts"
import { price, tinyTrace } from "../fixtures/tiny-trace.ts"

const actions = [price("mac", "compute", 0.1), price("dram", "read", 0.2), price("dram", "write", 0.7)]

const runWith = (
  counts: Readonly<Record<string, number>>,
  others: readonly (readonly (number | null)[])[],
  staticWatts = 0,
) => {
  const trace = tinyTrace({ stages: [{ cycles: 10, counts }], actions, staticWatts })
  const { energy } = trace.manifest
  if (energy === undefined) throw new Error("the trace has an energy table")
  const tables = others.map((picojoules, i) => ({
    table: `other-${i}`,
    name: `Other ${i}`,
    hash: "",
    scope: "circuit",
    picojoules,
  }))
  return aggregate({ ...trace, manifest: { ...trace.manifest, energy: { ...energy, others: tables } } })
}

const counts = fc.record({
  "mac/compute": fc.integer({ min: 1, max: 1e9 }),
  "dram/read": fc.integer({ min: 1, max: 1e9 }),
  "dram/write": fc.integer({ min: 1, max: 1e9 }),
})
const prices = fc.tuple(...[0, 1, 2].map(() => fc.double({ min: 0, max: 100, noNaN: true })))

describe("a run's energy by other tables", () => {
  it("is the report's by its own, and counts times prices by others; static power stays", () => {
    fc.assert(
      fc.property(counts, prices, fc.nat(5), (of, other, watts) => {
        const run = runWith(of, [other], watts)
        const by = energyByTables(run)!
        expect(by.tables[0].total).toBeCloseTo(energyReport(run)!.total, 3)
        const dynamic = Object.values(of).reduce((sum, n, i) => sum + n * other[i], 0)
        const expected = dynamic + energyReport(run)!.static
        expect(Math.abs(by.tables[1].total - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, expected))
      }),
    )
  })

  it("swings around the total, by one price at a time, widest first", () => {
    fc.assert(
      fc.property(counts, prices, prices, (of, one, two) => {
        const { swings, total } = energyByTables(runWith(of, [one, two]))!
        const slack = 1e-9 * total
        for (const { low, high } of swings) {
          expect(low).toBeLessThanOrEqual(total + slack)
          expect(high).toBeGreaterThanOrEqual(total - slack)
        }
        const widths = swings.map(({ low, high }) => high - low)
        expect(widths).toEqual(widths.toSorted((a, b) => b - a))
      }),
    )
  })

  it("names the tables that a swing's ends are of", () => {
    const { swings } = energyByTables(runWith({ "mac/compute": 10 }, [[0.5, 0, 0]]))!
    expect(swings).toEqual([
      { component: "mac", action: "compute", low: 1, high: 5, lowTable: "t", highTable: "other-0" },
    ])
  })

  it("leaves out a table that lacks a price of something counted, and only then", () => {
    const run = (of: Readonly<Record<string, number>>) => energyByTables(runWith(of, [[0.5, null, null]]))
    expect(run({ "mac/compute": 10, "dram/read": 1 })).toBeUndefined()
    expect(run({ "mac/compute": 10 })!.tables).toHaveLength(2)
  })

  it("is an error where the prices are not as many as the actions", () => {
    expect(() => energyByTables(runWith({ "mac/compute": 1 }, [[1]]))).toThrow(TraceError)
  })
})
