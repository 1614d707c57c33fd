import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { keptLength, parseNmPattern } from "../../../../dataflows/sparsity/nm-pattern.ts"
import { aggregate } from "../../../../reports/aggregate.ts"
import { energyReport } from "../../../../reports/energy.ts"
import { roofline } from "../../../../reports/roofline.ts"
import { utilisationOf } from "../../../../reports/utilisation.ts"
import { totalOf } from "../../../../reports/aggregate.ts"
import { checkTrace } from "../../../../sim/trace/check.ts"
import { simulateSpatial, type SpatialRun } from "../../../../src/run/simulate-spatial.ts"
import { activationShare, designId, product, tensorCore, weightPattern } from "./designs.ts"

const run = (
  design: string,
  gemms: readonly { readonly m: number; readonly n: number; readonly k: number }[],
  sparsity: string,
  activationDensity: number,
): SpatialRun => {
  const pattern = parseNmPattern(sparsity) ?? { n: 1, m: 1 }
  return simulateSpatial({
    machine: tensorCore(),
    design,
    workload: { id: "gemm", name: "gemm", hash: "", batch: 1, source: "made for this test" },
    products: gemms.map((gemm, i) => ({
      layer: `product ${i}`,
      gemm,
      count: 1,
      sparsity: { pattern, activationDensity },
      keptK: keptLength(gemm.k, pattern),
      nonZeroShare: 1,
    })),
    pattern,
    command: "sparsim",
    seed: 1,
    warnings: [],
  })
}

const gemms = fc.array(product, { minLength: 1, maxLength: 3 })

describe("the spatial engine's trace", () => {
  it("is well formed, and as long as its products one after another", () => {
    fc.assert(
      fc.property(designId, gemms, weightPattern, activationShare, (design, list, sparsity, share) => {
        const { trace, plans, cycles } = run(design, list, sparsity, share)
        expect(checkTrace(trace)).toEqual([])
        expect(cycles).toBe(plans.reduce((sum, plan) => sum + plan.cycles, 0))
      }),
      { numRuns: 60 },
    )
  })

  it("prices to the energy of the plans", () => {
    fc.assert(
      fc.property(designId, gemms, weightPattern, activationShare, (design, list, sparsity, share) => {
        const { trace, plans } = run(design, list, sparsity, share)
        const report = energyReport(aggregate(trace))
        const expected = plans.reduce((sum, { energy }) => sum + energy, 0)
        // Counters are whole: less than one of each of the ten a product has is cut off, and none costs over 64 pJ.
        expect(Math.abs((report?.total ?? 0) - expected)).toBeLessThanOrEqual(list.length * 10 * 64)
      }),
      { numRuns: 40 },
    )
  })

  it("stays under every roof", () => {
    fc.assert(
      fc.property(designId, gemms, weightPattern, activationShare, (design, list, sparsity, share) => {
        const { total, byLayer } = roofline(aggregate(run(design, list, sparsity, share).trace))
        for (const point of [total, ...byLayer]) expect(point.bound).not.toBe("invalid")
      }),
      { numRuns: 40 },
    )
  })

  it("shows 2:8 weights bound by the reads of the shared memory", () => {
    const summary = aggregate(run("STC_flexible", [{ m: 128, n: 1024, k: 1152 }], "2:8", 0.44).trace)
    const { total } = roofline(summary)
    expect(total.binding?.id).toBe("shared-read")
    expect(total.bound).toBe("memory")
    // 36,864 of 66,707 cycles: utilisation 0.55 in the reference outputs.
    expect(utilisationOf(summary, totalOf(summary))?.issued).toBeCloseTo(36864 / 66707, 6)
  })
})
