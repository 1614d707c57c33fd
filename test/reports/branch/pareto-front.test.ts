import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { isDominated, paretoFront } from "../../../reports/branch/pareto-front.ts"

const anyTrades = fc.array(fc.record({ bits: fc.nat(20), mpki: fc.nat(20) }), { minLength: 1, maxLength: 20 })

describe("the Pareto front", () => {
  it("dominates or equals every trade that is not on it", () => {
    fc.assert(
      fc.property(anyTrades, (all) => {
        const front = paretoFront(all)
        for (const trade of all) {
          expect(front.includes(trade)).toBe(!isDominated(trade, all))
          expect(front.some(({ bits, mpki }) => bits <= trade.bits && mpki <= trade.mpki)).toBe(true)
        }
      }),
    )
  })

  it("rises in storage and never in MPKI", () => {
    fc.assert(
      fc.property(anyTrades, (all) => {
        const front = paretoFront(all)
        for (let i = 1; i < front.length; i++) {
          expect(front[i].bits).toBeGreaterThanOrEqual(front[i - 1].bits)
          expect(front[i].mpki).toBeLessThanOrEqual(front[i - 1].mpki)
        }
      }),
    )
  })

  it("keeps twins: neither beats the other", () => {
    const twins = [
      { bits: 8, mpki: 3 },
      { bits: 8, mpki: 3 },
    ]
    expect(paretoFront(twins)).toEqual(twins)
  })
})
