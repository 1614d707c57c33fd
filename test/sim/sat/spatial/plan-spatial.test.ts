import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ConfigError, UnsupportedError } from "../../../../arch/errors.ts"
import { deliveryDemand, levelCycles } from "../../../../sim/sat/spatial/level-cycles.ts"
import { spatialDesign } from "../../../../sim/sat/spatial/plan-spatial.ts"
import { runnablePattern, storedCodeBits } from "../../../../sim/sat/spatial/stored-operand.ts"
import { activationShare, designId, designIds, plan, product, tensorCore, weightPattern } from "./designs.ts"

/** One of the study's four products: 3x3 convolution of ResNet-50 as a matrix product. */
const conv = { m: 128, n: 1024, k: 1152 }

describe("a spatial array", () => {
  it("takes as long as its slowest level, and never less than any of them", () => {
    fc.assert(
      fc.property(designId, product, weightPattern, activationShare, (design, gemm, sparsity, share) => {
        const { cycles, cyclesByLevel, bound, utilisation } = plan(design, gemm, sparsity, share)
        for (const level of Object.values(cyclesByLevel)) expect(cycles).toBeGreaterThanOrEqual(level)
        expect(cyclesByLevel[bound]).toBe(cycles)
        expect(utilisation).toBeGreaterThan(0)
        expect(utilisation).toBeLessThanOrEqual(1)
      }),
      { numRuns: 80 },
    )
  })

  it("is never slower with more bandwidth", () => {
    const path = fc.constantFrom("sharedMemory.read", "sharedMemory.write", "dram.read")
    fc.assert(
      fc.property(
        designId,
        product,
        weightPattern,
        path,
        fc.integer({ min: 1, max: 100 }),
        (d, g, s, p, v) => {
          const slow = plan(d, g, s, 0.5, tensorCore([{ path: p, value: v }]))
          const fast = plan(d, g, s, 0.5, tensorCore([{ path: p, value: v * 1.5 }]))
          expect(fast.cycles).toBeLessThanOrEqual(slow.cycles)
        },
      ),
      { numRuns: 60 },
    )
  })

  it("spends the sum of what its levels spend", () => {
    fc.assert(
      fc.property(designId, product, weightPattern, activationShare, (design, gemm, sparsity, share) => {
        const { energy, energyByLevel } = plan(design, gemm, sparsity, share)
        const sum = Object.values(energyByLevel).reduce((a, b) => a + b, 0)
        expect(energy).toBeCloseTo(sum, 3)
        for (const level of Object.values(energyByLevel)) expect(level).toBeGreaterThan(0)
      }),
      { numRuns: 60 },
    )
  })

  it("reads every stored element from DRAM at least once and writes every output once", () => {
    fc.assert(
      fc.property(designId, product, (design, gemm) => {
        const { accesses, work } = plan(design, gemm, "2:8", 0.5)
        const { m, n, k } = work.gemm
        const least = m * k * work.weights.density + n * k * work.activations.density
        expect(accesses.dram.read).toBeGreaterThanOrEqual(least - 1e-6)
        expect(accesses.dram.write).toBe(gemm.m * gemm.n)
        expect(accesses.sharedMemory.read).toBeGreaterThanOrEqual(accesses.sharedMemory.write - 1e-6)
      }),
      { numRuns: 60 },
    )
  })

  it("gains exactly 2.00× from 2:4 weights on every design made for them", () => {
    for (const design of designIds.filter((id) => id.startsWith("STC"))) {
      expect(plan(design, conv, "1:1").cycles / plan(design, conv, "2:4").cycles).toBe(2)
    }
  })

  it("does not gain 4× from 2:8 weights: dense activations are delivered too slowly", () => {
    const dense = plan("STC_flexible", conv, "1:1", 0.44)
    const sparse = plan("STC_flexible", conv, "2:8", 0.44)
    expect(dense.cycles / sparse.cycles).toBeLessThan(2.25)
    expect(sparse.cyclesByLevel.multipliers * 4).toBe(dense.cycles)
    expect(sparse.bound).toBe("shared-memory")
    // Sparseloop, MICRO 2022 artifact, figure 15: MAC 36,864, SMEM 66,707, DRAM 38,592 cycles.
    expect(sparse.cyclesByLevel).toMatchObject({ multipliers: 36864, "shared-memory": 66707, dram: 38592 })
  })

  it("gains the whole 4× once the ports deliver what 2:8 asks for", () => {
    const demand = deliveryDemand(plan("STC_flexible", conv, "2:8").accesses)
    expect(demand).toBeCloseTo(76, 10)
    const wide = tensorCore([
      { path: "sharedMemory.read", value: demand },
      { path: "dram.read", value: demand },
    ])
    const { cycles, bound } = plan("STC_flexible", conv, "2:8", 1, wide)
    expect(cycles).toBe(36864)
    expect(bound).toBe("multipliers")
  })

  it("asks for M/N times the activations of the dense run per cycle", () => {
    const perCycle = (sparsity: string): number => {
      const { accesses, work, mapping } = plan("STC_flexible", conv, sparsity)
      return (work.gemm.n * work.gemm.k * mapping.steps.m) / accesses.computeCycles
    }
    expect(perCycle("2:4")).toBe(2 * perCycle("1:1"))
    expect(perCycle("2:8")).toBe(4 * perCycle("1:1"))
  })

  it("is relieved by compressed activations, the more so the sparser they are", () => {
    const cycles = (density: number): number => plan("STC_flexible_dualCompress", conv, "2:8", density).cycles
    expect(cycles(0.2)).toBeLessThan(cycles(0.5))
    expect(cycles(0.5)).toBeLessThan(plan("STC_flexible", conv, "2:8", 0.5).cycles)
    expect(plan("STC_flexible", conv, "2:8", 0.5).cycles).toBe(plan("STC_flexible", conv, "2:8", 1).cycles)
  })

  it("runs sparser weights as the sparsest pattern of the hardware, and denser ones as dense", () => {
    const { designs } = tensorCore()
    expect(runnablePattern(designs.STC, { n: 2, m: 8 })).toEqual({ n: 2, m: 4 })
    expect(runnablePattern(designs.STC, { n: 1, m: 4 })).toEqual({ n: 2, m: 4 })
    expect(runnablePattern(designs.STC, { n: 3, m: 4 })).toEqual({ n: 1, m: 1 })
    expect(runnablePattern(designs.STC, { n: 4, m: 8 })).toEqual({ n: 1, m: 1 })
    expect(runnablePattern(designs.STC_flexible, { n: 2, m: 6 })).toEqual({ n: 2, m: 6 })
    expect(runnablePattern(designs.STC_flexible, { n: 2, m: 16 })).toEqual({ n: 2, m: 8 })
    expect(runnablePattern(designs.TC, { n: 2, m: 4 })).toEqual({ n: 1, m: 1 })
    for (const sparsity of ["2:6", "2:8", "2:16"]) {
      expect(plan("STC", conv, sparsity).cycles).toBe(plan("STC", conv, "2:4").cycles)
    }
  })

  it("keeps codes in a power of two of bits, so that run lengths of 2:6 are shorter than its indices", () => {
    const { designs } = tensorCore()
    expect(storedCodeBits(designs.STC_flexible, { n: 2, m: 4 })).toBe(2)
    expect(storedCodeBits(designs.STC_flexible, { n: 2, m: 6 })).toBe(4)
    expect(storedCodeBits(designs.STC_flexible_RLE, { n: 2, m: 6 })).toBe(2)
    expect(storedCodeBits(designs.STC_flexible_RLE, { n: 2, m: 8 })).toBe(4)
  })

  it("skips zeros of both operands only on the dual-side design", () => {
    const share = (design: string): number => {
      const { accesses, work } = plan(design, conv, "2:8", 0.5)
      return accesses.computes / (work.gemm.m * work.gemm.n * work.gemm.k)
    }
    expect(share("DSTC")).toBeCloseTo(0.125, 10)
    expect(share("STC_flexible_dualCompress")).toBeCloseTo(0.25, 10)
    expect(share("TC")).toBe(1)
  })

  it("runs dense operands at full rate on the dual-side design, ports of its accumulators included", () => {
    const { cycles, utilisation, accesses } = plan("DSTC", conv, "1:1", 0.9)
    expect(cycles).toBe((128 * 1024 * 1152) / 1024)
    expect(utilisation).toBe(1)
    const machine = tensorCore([{ path: "designs.DSTC.accumulatorPorts.read", value: 128 }])
    const narrow = levelCycles(machine, spatialDesign(machine, "DSTC"), accesses)
    expect(narrow.accumulators).toBeGreaterThan(cycles * 1.99)
  })

  it("takes a finite time for a product with hardly a non-zero in it", () => {
    expect(plan("DSTC", { m: 1, n: 1, k: 1 }, "1:1", 0.001).cycles).toBeGreaterThan(0)
    expect(plan("DSTC", { m: 1, n: 1, k: 1 }, "1:1", 0.001).cycles).toBeLessThan(100)
  })

  it("refuses what it cannot run, and says what to do", () => {
    expect(() => plan("SCT", conv, "2:4")).toThrow(ConfigError)
    expect(() => plan("STC", { m: 64, n: 64, k: 100_000 }, "2:4")).toThrow(UnsupportedError)
    expect(() => plan("STC_flexible_RLE", conv, "2:5")).toThrow(/no stated width/)
  })
})
