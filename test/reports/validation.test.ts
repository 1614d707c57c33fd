import { describe, expect, it } from "vitest"
import { type ValidationGroup, validationSummary } from "../../reports/validation.ts"

const group = (mape: number | null, baselineMape: number | null): ValidationGroup => ({
  group: "g",
  n: 1,
  mape,
  medianApe: mape,
  maxApe: mape,
  bias: mape,
  kendallTau: null,
  within5: 0,
  within10: 0,
  within20: 0,
  baselineMape,
})

const caseOf = (error: number) => ({ id: "c", group: "g", predicted: 1 + error, expected: 1, error })

describe("validation summary", () => {
  it("counts groups that beat their baseline; a tie does not", () => {
    const groups = [group(0.1, 0.2), group(0.2, 0.2), group(0.3, 0.2), group(0.1, null)]
    expect(validationSummary({ groups, cases: [], unsupported: [] })).toMatchObject({
      beatBaseline: 1,
      withBaseline: 3,
    })
  })

  it("takes the median of absolute errors, the mean of the middle two where their count is even", () => {
    const summary = (errors: readonly number[]) =>
      validationSummary({ groups: [], cases: errors.map(caseOf), unsupported: [] })
    expect(summary([-0.3, 0.1, 0.2]).medianApe).toBe(0.2)
    expect(summary([-0.3, 0.1]).medianApe).toBeCloseTo(0.2, 12)
    expect(summary([]).medianApe).toBeUndefined()
  })

  it("counts exact predictions, and cases by what their expected number is", () => {
    const cases = [
      { ...caseOf(0), evidence: "simulator" },
      { ...caseOf(1e-9), evidence: "measured" },
      { ...caseOf(0), evidence: "simulator" },
      caseOf(0.1),
    ]
    const summary = validationSummary({ groups: [], cases, unsupported: [] })
    expect(summary.exact).toBe(2)
    expect(summary.byEvidence).toEqual([
      ["simulator", 2],
      ["measured", 1],
      ["not said", 1],
    ])
  })

  it("counts every unsupported case", () => {
    const unsupported = [
      { reason: "machine", n: 3, ids: [] },
      { reason: "metric", n: 2, ids: [] },
    ]
    expect(validationSummary({ groups: [], cases: [], unsupported }).unsupported).toBe(5)
  })
})
