import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { pageMisses } from "../../../../sim/cpu/wasm/page-misses.ts"

describe("pages that the TLB has not", () => {
  const walk = { pixels: 3_136, cin: 128, cout: 128, rows: 128, weightBytes: 8_192 }

  it("are few while all fit, and every kept column where planes are large and columns many", () => {
    const groups = [{ share: 1, density: 0.1 }]
    expect(pageMisses({ ...walk, cin: 16, cout: 16, rows: 16, groups, weightBytes: 4_096 }, 72)).toBeLessThan(
      2,
    )
    const kept = 0.1 * 512 * 128
    const found = pageMisses({ ...walk, cin: 512, groups }, 72)
    expect(found).toBeGreaterThan(0.5 * kept)
    expect(found).toBeLessThan(kept + 128)
  })

  it("are fewer with more entries, and with planes that share a page", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: 1_024 }),
        fc.double({ min: 0.02, max: 1, noNaN: true }),
        fc.integer({ min: 8, max: 100 }),
        (cin, density, entries) => {
          const at = { ...walk, cin, groups: [{ share: 1, density }] }
          const found = pageMisses(at, entries)
          expect(found).toBeGreaterThanOrEqual(0)
          expect(pageMisses(at, 4 * entries)).toBeLessThanOrEqual(found * 1.02 + 0.5)
          expect(pageMisses({ ...at, pixels: 49 }, entries)).toBeLessThanOrEqual(found * 1.05 + 0.5)
        },
      ),
    )
  })
})
