/** What a GPU's sparse tensor cores can take. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { MappedGemm } from "../../../dataflows/gemm.ts"
import type { NmPattern } from "../../../dataflows/sparsity/nm-pattern.ts"
import { eligibility, holdsAs2to4 } from "../../../sim/gpu/sparse-eligibility.ts"

const linear = (m: number, n: number, k: number, pattern?: NmPattern, count = 1): MappedGemm => ({
  gemm: { m, n, k },
  count,
  a: { role: "activation", uniqueElements: m * k },
  b: { role: "weight", uniqueElements: n * k },
  c: { role: "activation", uniqueElements: m * n },
  ...(pattern === undefined ? {} : { sparsity: { operand: "b", pattern, groupedLength: k } }),
  nonZeroShare: 1,
})
const half = { n: 2, m: 4 }

describe("a pattern that holds as 2:4", () => {
  it("keeps at most 2 of every 4 neighbours, whichever of a group it keeps", () => {
    const pattern = fc
      .integer({ min: 1, max: 16 })
      .chain((m) => fc.record({ m: fc.constant(m), n: fc.integer({ min: 1, max: m }) }))
    fc.assert(
      fc.property(pattern, fc.integer({ min: 0, max: 1000 }), ({ n, m }, seed) => {
        fc.pre(holdsAs2to4({ n, m }))
        const length = 4 * m
        const kept = new Uint8Array(length)
        for (let group = 0; group < length; group += m) {
          // The worst place for kept values is side by side; the seed moves them.
          for (let i = 0; i < n; i++) kept[group + ((seed + i) % m)] = 1
        }
        let most = 0
        for (let i = 0; i < length; i += 4) {
          most = Math.max(most, kept[i] + kept[i + 1] + kept[i + 2] + kept[i + 3])
        }
        expect(most).toBeLessThanOrEqual(2)
      }),
    )
  })

  it.each([
    [{ n: 2, m: 4 }, true],
    [{ n: 1, m: 2 }, true],
    [{ n: 2, m: 8 }, true],
    [{ n: 1, m: 16 }, true],
    [{ n: 4, m: 8 }, false],
    [{ n: 3, m: 4 }, false],
    [{ n: 2, m: 6 }, false],
  ])("is what %j is: %s", (pattern, holds) => {
    expect(holdsAs2to4(pattern)).toBe(holds)
  })
})

describe("a product", () => {
  it("with 2:4 weights of aligned sizes runs sparse", () => {
    expect(eligibility(linear(384, 768, 768, half), 2, 2)).toEqual({ runs: "2:4" })
  })

  it.each([
    ["nothing to prune", linear(64, 64, 64), 2, undefined],
    ["no sparse tensor cores", linear(64, 64, 64, half), 1, /no sparse tensor cores/],
    ["a pattern that is no case of 2:4", linear(64, 64, 64, { n: 3, m: 4 }), 2, /3:4/],
    ["a reduction that is not aligned", linear(64, 64, 72, half), 2, /reduction of 72/],
    ["outputs that are not aligned", linear(64, 60, 64, half), 2, /60 outputs/],
    ["several groups", linear(64, 64, 64, half, 12), 2, /grouped and batched/],
  ])("with %s runs dense and says why", (_what, work, multiplier, says) => {
    const found = eligibility(work, 2, multiplier)
    expect(found.runs).toBe("dense")
    expect("reason" in found ? (found.reason ?? "") : "").toMatch(says ?? /^$/)
  })

  it("of 8-bit operands needs twice the alignment", () => {
    expect(eligibility(linear(64, 64, 48, half), 2, 2).runs).toBe("2:4")
    expect(eligibility(linear(64, 64, 48, half), 1, 2).runs).toBe("dense")
  })
})
