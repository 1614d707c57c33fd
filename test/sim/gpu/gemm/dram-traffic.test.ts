/** What a GEMM kernel fetches from DRAM, by the walk of its thread blocks. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { loadGpuMachine } from "../../../../arch/machine-catalogue.ts"
import { backToBackResidency, dramTraffic } from "../../../../sim/gpu/gemm/dram-traffic.ts"
import { kernelFamily } from "../../../../sim/gpu/gemm/kernel-families.ts"
import { gridOf } from "../../../../sim/gpu/gemm/wave-quantisation.ts"

const sms = 114
const capacity = 25e6
const nothing = { activation: 0, weight: 0, output: 0 }
const family = kernelFamily(loadGpuMachine("h100-pcie"), {
  dtype: "int8",
  sparsity: "dense",
})
const tile = { m: 128, n: 256 }

/** Traffic of m × n × k in int8 with nothing in L2 at the start. */
const trafficOf = (m: number, n: number, k: number, rasterRows: number, inFlight = sms) =>
  dramTraffic(m * k, n * k, 4 * m * n, gridOf(m, n, tile, 1, 1, sms, 1), inFlight, capacity, nothing, {
    ...family,
    raster: "along-n",
    rasterRows,
  })

describe("a walk along n", () => {
  const wide = fc.integer({ min: sms, max: 300 }).map((tiles) => tiles * tile.n)
  const rows = fc.integer({ min: 1, max: 4 })

  it("reads a weight that L2 cannot hold once for every band of rows", () => {
    fc.assert(
      fc.property(wide, fc.integer({ min: 1, max: 40 }), rows, (n, bands, rasterRows) => {
        const traffic = trafficOf(bands * rasterRows * tile.m, n, 8192, rasterRows)
        expect(traffic.weightReads).toBeCloseTo(bands, 9)
        expect(traffic.activationReads).toBe(1)
      }),
    )
  })

  it("takes as many rows as fit onto the board, if those are more", () => {
    const traffic = trafficOf(64 * tile.m, 16 * tile.n, 65_536, 2, 64)
    // 64 blocks in flight are 4 rows of 16 tiles.
    expect(traffic.weightReads).toBeCloseTo(16, 9)
  })

  it("reads a weight once that L2 holds", () => {
    expect(trafficOf(64 * tile.m, 4 * tile.n, 4096, 1, 4).weightReads).toBe(1)
  })
})

it("traffic is the sum of its parts, and never grows with what is resident", () => {
  const size = fc.integer({ min: 1, max: 64 }).map((tiles) => tiles * 256)
  fc.assert(
    fc.property(size, size, size, (m, n, k) => {
      const footprint = m * k + n * k + 4 * m * n
      const grid = gridOf(m, n, tile, 1, 1, sms, 1)
      const cold = dramTraffic(m * k, n * k, 4 * m * n, grid, sms, capacity, nothing, family)
      const warm = dramTraffic(
        m * k,
        n * k,
        4 * m * n,
        grid,
        sms,
        capacity,
        backToBackResidency(footprint, capacity),
        family,
      )
      expect(cold.activationBytes + cold.weightBytes + cold.outputBytes).toBeCloseTo(cold.bytes, 3)
      expect(warm.bytes).toBeLessThanOrEqual(cold.bytes)
      expect(cold.bytes).toBeGreaterThanOrEqual(footprint)
    }),
  )
})
