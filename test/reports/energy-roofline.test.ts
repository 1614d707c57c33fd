import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { aggregate } from "../../reports/aggregate.ts"
import { energyReport } from "../../reports/energy.ts"
import { energyRoofline } from "../../reports/energy-roofline.ts"
import { price, roof, tinyTrace } from "../fixtures/tiny-trace.ts"
import { sampleTrace } from "../fixtures/sample-trace.ts"

const run = aggregate(sampleTrace({ kept: 2 }))
const level = run.manifest.machine.roofs.find(({ kind }) => kind === "memory")
if (level === undefined) throw new Error("no memory")
const roofline = energyRoofline(run, level, "issued")
if (roofline === undefined) throw new Error("no energy")

describe("the energy roofline", () => {
  it("shares the run's energy among its stages", () => {
    const sum = roofline.byStage.reduce((total, { share }) => total + share, 0)
    expect(sum).toBeCloseTo(1, 12)
    expect(roofline.total.share).toBe(1)
  })

  it("gives back the run's dynamic energy at the run's own intensity", () => {
    const energy = energyReport(run)
    const { intensity, perFlop } = roofline.total
    const dynamic = roofline.perFlop + roofline.perByte / intensity
    expect(dynamic / perFlop).toBeCloseTo((energy?.dynamic ?? 0) / (energy?.total ?? 1), 12)
    // Static power for the least time is at most static power for the time that it took.
    expect(roofline.arch(intensity)).toBeLessThanOrEqual(perFlop * (1 + 1e-12))
  })

  it("costs less at a higher intensity, and twice the operation's share at the balance", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1e5, noNaN: true }), (intensity) => {
        expect(roofline.arch(intensity * 1.5)).toBeLessThan(roofline.arch(intensity))
      }),
    )
    expect(roofline.perByte / roofline.balance).toBeCloseTo(roofline.perFlop, 12)
  })

  it("is nothing where only transfers have a price, so that there is no balance", () => {
    const memory = roof({ id: "dram", kind: "memory", perCycle: 10, counters: ["dram.read"] })
    const counts = { "ops/issued": 100, "dram/read": 50 }
    const actions = [price("dram", "read", 8)]
    const bare = aggregate(tinyTrace({ roofs: [memory], actions, stages: [{ cycles: 10, counts }] }))
    expect(energyRoofline(bare, memory, "issued")).toBeUndefined()
  })

  it("is nothing without an energy table", () => {
    const bare = aggregate(sampleTrace({ withEnergy: false }))
    expect(energyRoofline(bare, level, "issued")).toBeUndefined()
  })
})
