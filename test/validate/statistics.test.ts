/** Error statistics against values worked out by hand, and what holds of them always. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { errorStatistics, geometricMean, kendallTau, median } from "../../src/validate/statistics.ts"

const errors = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 1, maxLength: 30 })
/** Whole numbers, so that no two differ by less than a rounding. */
const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 20 })
const distinct = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 20 })

describe("the median", () => {
  it("is the middle one of an odd number, however they are ordered", () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([10, 9, 100])).toBe(10)
  })

  it("is midway between the two middle ones of an even number", () => {
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })

  it("leaves the list as it was", () => {
    const list = [3, 1, 2]
    median(list)
    expect(list).toEqual([3, 1, 2])
  })
})

describe("error statistics", () => {
  it("of +10, −10, +30 and 0 %: MAPE 12.5, median 10, largest 30, bias +7.5 %", () => {
    const { n, mape, medianApe, maxApe, bias } = errorStatistics([0.1, -0.1, 0.3, 0])
    expect(n).toBe(4)
    expect(mape).toBeCloseTo(0.125, 12)
    expect(medianApe).toBeCloseTo(0.1, 12)
    expect(maxApe).toBe(0.3)
    expect(bias).toBeCloseTo(0.075, 12)
  })

  it("count a case at exactly 5, 10 or 20 % as within", () => {
    const { within5, within10, within20 } = errorStatistics([0.05, -0.1, 0.2, -0.200001])
    expect([within5, within10, within20]).toEqual([0.25, 0.5, 0.75])
  })

  it("take the largest of any number of errors", () => {
    const many = Array.from({ length: 200_000 }, (_, i) => (i === 7 ? -3 : 0.5))
    expect(errorStatistics(many).maxApe).toBe(3)
  })

  it("keep their order: |bias| ≤ MAPE ≤ largest, median ≤ largest, within 5 ≤ 10 ≤ 20 %", () => {
    fc.assert(
      fc.property(errors, (list) => {
        const s = errorStatistics(list)
        expect(Math.abs(s.bias)).toBeLessThanOrEqual(s.mape + 1e-12)
        expect(s.mape).toBeLessThanOrEqual(s.maxApe + 1e-12)
        expect(s.medianApe).toBeLessThanOrEqual(s.maxApe)
        expect(s.within5).toBeLessThanOrEqual(s.within10)
        expect(s.within10).toBeLessThanOrEqual(s.within20)
      }),
    )
  })

  it("with all signs turned differ in the sign of the bias alone", () => {
    fc.assert(
      fc.property(errors, (list) => {
        const { bias, ...sizes } = errorStatistics(list)
        const turned = errorStatistics(list.map((error) => 0 - error))
        expect(turned.bias).toBeCloseTo(-bias, 12)
        expect({ ...sizes, bias: turned.bias }).toEqual(turned)
      }),
    )
  })
})

describe("Kendall's τ-b", () => {
  it("of 1 2 3 4 against 1 3 2 4 is (5 − 1) / 6", () => {
    expect(kendallTau([1, 2, 3, 4], [1, 3, 2, 4])).toBeCloseTo(4 / 6, 12)
  })

  it("with ties on one side, 1 2 2 3 against 1 2 3 4, is 5 / √(5 · 6)", () => {
    expect(kendallTau([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(5 / Math.sqrt(30), 12)
  })

  it("with ties on both sides, 1 1 2 3 against 1 2 2 3, is 4 / √(5 · 5)", () => {
    // Pairs: (1,2) tied in x, (2,3) tied in y, the other four agree.
    expect(kendallTau([1, 1, 2, 3], [1, 2, 2, 3])).toBeCloseTo(4 / 5, 12)
  })

  it("of twelve pairs by hand, 12 2 1 12 2 against 1 4 7 1 0, is −0.4714 (SciPy's example)", () => {
    expect(kendallTau([12, 2, 1, 12, 2], [1, 4, 7, 1, 0])).toBeCloseTo(-0.471_404_520_791_031_7, 12)
  })

  it("says nothing of fewer than two cases, or where one side is all alike", () => {
    expect(kendallTau([], [])).toBeNull()
    expect(kendallTau([1], [2])).toBeNull()
    expect(kendallTau([1, 2, 3], [5, 5, 5])).toBeNull()
    expect(kendallTau([5, 5, 5], [1, 2, 3])).toBeNull()
  })

  it("is 1 for a perfect ranking, whatever the scale, and −1 for a reversed one", () => {
    fc.assert(
      fc.property(distinct, (list) => {
        expect(
          kendallTau(
            list,
            list.map((x) => x ** 3 + 7),
          ),
        ).toBeCloseTo(1, 12)
        expect(
          kendallTau(
            list,
            list.map((x) => -2 * x),
          ),
        ).toBeCloseTo(-1, 12)
      }),
    )
  })

  it("lies between −1 and 1, is symmetric, and ignores the order of the cases", () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const length = Math.min(a.length, b.length)
        const [xs, ys] = [a.slice(0, length), b.slice(0, length)]
        const tau = kendallTau(xs, ys)
        expect(Math.abs(tau ?? 0)).toBeLessThanOrEqual(1 + 1e-12)
        expect(kendallTau(ys, xs)).toBe(tau)
        expect(kendallTau(xs.toReversed(), ys.toReversed())).toBe(tau)
      }),
    )
  })
})

describe("the geometric mean of ratios", () => {
  it("of a half and a double is 1, of 2 and 8 is 4", () => {
    expect(geometricMean([0.5, 2])).toBeCloseTo(1, 12)
    expect(geometricMean([2, 8])).toBeCloseTo(4, 12)
  })

  it("of the inverses is the inverse", () => {
    const ratios = fc.array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(ratios, (list) => {
        expect(geometricMean(list) * geometricMean(list.map((ratio) => 1 / ratio))).toBeCloseTo(1, 9)
      }),
    )
  })
})
