import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { isDominated, paretoFront } from "../../reports/pareto-front.ts"

const anyTrades = fc.array(fc.record({ cost: fc.nat(20), value: fc.nat(20) }), {
  minLength: 1,
  maxLength: 20,
})

describe("the Pareto front", () => {
  it("dominates or equals every trade that is not on it", () => {
    fc.assert(
      fc.property(anyTrades, (all) => {
        const front = paretoFront(all)
        for (const trade of all) {
          expect(front.includes(trade)).toBe(!isDominated(trade, all))
          expect(front.some(({ cost, value }) => cost <= trade.cost && value <= trade.value)).toBe(true)
        }
      }),
    )
  })

  it("rises in cost and never in value", () => {
    fc.assert(
      fc.property(anyTrades, (all) => {
        const front = paretoFront(all)
        for (let i = 1; i < front.length; i++) {
          expect(front[i].cost).toBeGreaterThanOrEqual(front[i - 1].cost)
          expect(front[i].value).toBeLessThanOrEqual(front[i - 1].value)
        }
      }),
    )
  })

  it("keeps twins: neither beats the other", () => {
    const twins = [
      { cost: 8, value: 3 },
      { cost: 8, value: 3 },
    ]
    expect(paretoFront(twins)).toEqual(twins)
  })
})
