import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { aggregate } from "../../reports/aggregate.ts"
import { energyReport } from "../../reports/energy.ts"
import { price, tinyTrace, type TinyStage } from "../fixtures/tiny-trace.ts"

const actions = [price("mac", "compute", 0.1), price("dram", "read", 0.2), price("dram", "write", 0.7)]

const energyOf = (stages: readonly TinyStage[], staticWatts = 0, scale = 1) => {
  const prices = actions.map((action) => ({ ...action, picojoules: action.picojoules * scale }))
  const report = energyReport(aggregate(tinyTrace({ stages, actions: prices, staticWatts })))
  if (report === undefined) throw new Error("the trace has an energy table")
  return report
}

const counts = fc.record({ "mac/compute": fc.nat(1e9), "dram/read": fc.nat(1e9), "dram/write": fc.nat(1e9) })

describe("energy", () => {
  it("is counts times prices plus static power times time", () => {
    // 3 × 0.1 pJ + 5 × 0.2 pJ; 2 W for 4 ns is 8000 pJ.
    const energy = energyOf([{ cycles: 4, counts: { "mac/compute": 3, "dram/read": 5 } }], 2)
    expect(energy.dynamic).toBeCloseTo(1.3, 12)
    expect(energy.static).toBeCloseTo(8000, 9)
    expect(energy.total).toBeCloseTo(8001.3, 9)
  })

  it("prices reads and writes apart", () => {
    const energy = energyOf([{ cycles: 1, counts: { "dram/read": 1, "dram/write": 1 } }])
    expect(energy.byAction.map(({ action, energy }) => [action, energy])).toEqual([
      ["write", 0.7],
      ["read", 0.2],
    ])
  })

  // E46
  it("does not depend on the order of the stages, to the last bit", () => {
    fc.assert(
      fc.property(fc.array(counts, { minLength: 2, maxLength: 12 }), (all) => {
        const stages = all.map((c, index) => ({ cycles: 1, layer: `l${index}`, counts: c }))
        const forwards = energyOf(stages)
        const backwards = energyOf(stages.toReversed())
        expect(backwards.total).toBe(forwards.total)
        expect(backwards.byComponent).toEqual(forwards.byComponent)
      }),
    )
  })

  // E47, E48
  it("is additive over layers and linear in counts and prices", () => {
    fc.assert(
      fc.property(fc.array(counts, { minLength: 1, maxLength: 8 }), (all) => {
        const stages = all.map((c) => ({ cycles: 7, counts: c }))
        const energy = energyOf(stages, 1)
        const sum = energy.byLayer.reduce((total, layer) => total + layer.total, 0)
        expect(sum).toBeCloseTo(energy.total, 3)
        expect(energyOf([...stages, ...stages]).dynamic).toBe(2 * energy.dynamic)
        expect(energyOf(stages, 0, 2).dynamic).toBe(2 * energy.dynamic)
      }),
    )
  })

  // E49
  it("refuses a counter that the table does not price, and names the nearest one", () => {
    expect(() => energyOf([{ cycles: 1, counts: { "dram/raed": 1 } }])).toThrow(
      expect.objectContaining({ _tag: "TraceError", remedy: expect.stringContaining("dram.read") }),
    )
  })

  it("takes no price for operation counts and time accounts", () => {
    const bookkeeping = { "ops/issued": 9, "time.array/busy": 1 }
    expect(energyOf([{ cycles: 1, counts: bookkeeping }]).dynamic).toBe(0)
  })

  it("says which share rests on assumed numbers", () => {
    const energy = energyOf([{ cycles: 1, counts: { "mac/compute": 10_000 } }], 1)
    // Published 1000 pJ against an assumed 1 W for 1 ns.
    expect(energy.uncertainShare).toBeCloseTo(0.5, 12)
  })

  it("is absent, not zero, for a run without an energy table", () => {
    expect(energyReport(aggregate(tinyTrace({ stages: [{ cycles: 1 }] })))).toBeUndefined()
  })
})
