import { describe, expect, it } from "vitest"
import { aggregate, totalOf } from "../../reports/aggregate.ts"
import { energyReport } from "../../reports/energy.ts"
import { layerTable } from "../../reports/layer-table.ts"
import { provenance } from "../../reports/provenance.ts"
import { utilisationOf } from "../../reports/utilisation.ts"
import { sampleTrace } from "../fixtures/sample-trace.ts"

const run = aggregate(sampleTrace({ kept: 2 }))

describe("layer table", () => {
  it("accounts for all of the time and all of the energy", () => {
    const rows = layerTable(run)
    expect(rows.reduce((sum, { cycles }) => sum + cycles, 0)).toBe(run.cycles)
    expect(rows.reduce((sum, { energy }) => sum + (energy ?? 0), 0)).toBeCloseTo(
      energyReport(run)?.total ?? 0,
      0,
    )
  })

  it("keeps utilisation between 0 and 1, useful work below issued work", () => {
    for (const { utilisation } of layerTable(run)) {
      expect(utilisation).toBeGreaterThanOrEqual(0)
      expect(utilisation).toBeLessThanOrEqual(1)
    }
    const whole = utilisationOf(run, totalOf(run))
    expect(whole?.useful).toBeLessThan(whole?.issued ?? 0)
  })
})

describe("provenance", () => {
  it("counts the numbers by status and lists those the result rests on", () => {
    const { byStatus, uncertain } = provenance(run.manifest)
    expect(byStatus).toEqual({ published: 3, measured: 0, derived: 0, assumed: 11, fitted: 1 })
    expect(uncertain).toHaveLength(byStatus.assumed + byStatus.fitted)
    expect(uncertain.map(({ path }) => path)).toContain("dram.bandwidth")
  })

  it("sorts settings and conventions, so that equal runs print alike", () => {
    const { settings } = provenance(run.manifest)
    expect(settings.map(([key]) => key)).toEqual(["dtype", "method", "pattern"])
  })
})
