import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { aggregate } from "../../reports/aggregate.ts"
import { throughput } from "../../reports/throughput.ts"
import { price, tinyTrace, type TinyTrace } from "../fixtures/tiny-trace.ts"

const ops = {
  "ops/dense-equivalent": 4000,
  "ops/non-zero": 1000,
  "ops/useful": 900,
  "ops/issued": 1200,
}

const ratesOf = (tiny: TinyTrace) => {
  const trace = tinyTrace(tiny)
  const eight = {
    ...trace,
    manifest: { ...trace.manifest, workload: { ...trace.manifest.workload, batch: 8 } },
  }
  const rates = throughput(aggregate(eight))
  if (rates === undefined) throw new Error("the run takes time")
  return rates
}

describe("throughput", () => {
  it("is two operations for each MAC over the time, by each way of counting", () => {
    // 2 × 4000 operations in 100 cycles of 1 ns are 80 GOPS.
    const { gops } = ratesOf({ stages: [{ cycles: 100, counts: ops }] })
    expect(gops).toEqual({ "dense-equivalent": 80, "non-zero": 20, useful: 18, issued: 24 })
  })

  it("counts samples by the batch", () => {
    const rates = ratesOf({ stages: [{ cycles: 100, counts: ops }], clockHertz: 2e8 })
    expect(rates.seconds).toBeCloseTo(5e-7, 18)
    expect(rates.batchesPerSecond).toBeCloseTo(2e6, 6)
    expect(rates.samplesPerSecond).toBeCloseTo(16e6, 6)
  })

  it("is per watt what energy over time says, static power included", () => {
    // 1000 × 5 pJ + 3 W × 100 ns = 305 nJ; in 100 ns that is 3.05 W.
    const rates = ratesOf({
      stages: [{ cycles: 100, counts: { ...ops, "mac/compute": 1000 } }],
      actions: [price("mac", "compute", 5)],
      staticWatts: 3,
    })
    expect(rates.energy?.perBatch).toBeCloseTo(3.05e-7, 15)
    expect(rates.energy?.perSample).toBeCloseTo(3.05e-7 / 8, 15)
    expect(rates.energy?.watts).toBeCloseTo(3.05, 9)
    expect(rates.energy?.gopsPerWatt["dense-equivalent"]).toBeCloseTo(80 / 3.05, 9)
    expect(rates.energy?.gopsPerWatt["non-zero"]).toBeCloseTo(20 / 3.05, 9)
  })

  it("names the limit that a machine puts on its power, and none where it puts none", () => {
    const tiny = {
      stages: [{ cycles: 100, counts: { ...ops, "mac/compute": 1000 } }],
      actions: [price("mac", "compute", 5)],
    }
    expect(ratesOf(tiny).energy).not.toHaveProperty("limitWatts")
    const rates = ratesOf({
      ...tiny,
      numbers: [{ path: "power.limit", value: 300, written: 300, unit: "W" }],
    })
    expect(rates.energy?.limitWatts).toBe(300)
  })

  it("has no energy, not zero, without an energy table", () => {
    const rates = ratesOf({ stages: [{ cycles: 100, counts: ops }] })
    expect(rates.energy).toBeUndefined()
  })

  it("is undefined for a run that takes no time", () => {
    expect(throughput(aggregate(tinyTrace({ stages: [{ cycles: 0 }] })))).toBeUndefined()
  })

  it("does not change when the same run is repeated, and falls as the inverse of time", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 20 }), (cycles, repeats) => {
        const stages = Array.from({ length: repeats }, () => ({ cycles, counts: ops }))
        const once = ratesOf({ stages: stages.slice(0, 1) }).gops.issued
        expect(ratesOf({ stages }).gops.issued / once).toBeCloseTo(1, 9)
        const slower = ratesOf({ stages: [{ cycles: cycles * repeats, counts: ops }] }).gops.issued
        expect((slower * repeats) / once).toBeCloseTo(1, 9)
      }),
    )
  })
})
