import { describe, expect, it } from "vitest"
import { builtinCases } from "../../src/validate/builtin-cases.ts"
import type { CaseFile } from "../../src/validate/case-file.ts"
import { validate } from "../../src/validate/validate.ts"

const cases = builtinCases.get("sparseloop-stc") as CaseFile
const result = validate([cases])

/** Largest error allowed, as a share. The model has no constant that was fitted to these cases. */
const tolerance = { cycles: 0.0001, energy: 0.001 } as const

const designs = [
  "TC",
  "STC",
  "STC_flexible",
  "STC_flexible-RLE",
  "STC_flexible_dualCompress-RLE",
  "DSTC",
] as const

describe("Sparseloop's tensor-core study", () => {
  it("is predicted in full: 96 cases, none unsupported", () => {
    expect(result.unsupported).toEqual([])
    expect(result.cases).toHaveLength(96)
  })

  for (const design of designs) {
    for (const [metric, most] of Object.entries(tolerance)) {
      it(`${metric} of ${design} within ${most * 100} % in every case`, () => {
        const group = result.groups.find((g) => g.group === `${design} ${metric}`)
        expect(group?.n).toBe(8)
        expect(group?.maxApe).toBeLessThan(most)
        expect(group?.mape).toBeLessThan(group?.baselineMape ?? 0)
      })
    }
  }

  it("energy by level is that of the reference at the digits it is given with", () => {
    const levels = result.cases.flatMap(({ extra }) =>
      extra.filter(({ field }) => field.startsWith("energyPerComputePJ.")),
    )
    expect(levels).toHaveLength(96 * 5)
    expect(levels.filter(({ equal }) => !equal)).toEqual([])
  })

  it("cycles by level are those of the reference to within 2 cycles of rounding", () => {
    const levels = result.cases.flatMap(({ extra }) =>
      extra.filter(({ field }) => field.startsWith("cyclesByLevel.")),
    )
    expect(levels).toHaveLength(96 * 4)
    for (const { predicted, expected } of levels)
      expect(Math.abs(predicted - expected)).toBeLessThanOrEqual(2)
  })

  it("refuses a case of another metric, a wrong pattern and a density without one", () => {
    const [first] = cases.cases
    const changed = (id: string, change: object, workload: object): CaseFile => ({
      ...cases,
      cases: [{ ...first, ...change, id, workload: { ...first.workload, ...workload } }],
    })
    const { sparsity: _, ...withoutPattern } = first.workload
    const { unsupported } = validate([
      changed("a", { metric: "watts" }, {}),
      changed("b", {}, { sparsity: "8:2" }),
      changed("c", {}, { design: "STC_felxible" }),
      changed("d", {}, { activationDensity: 2 }),
      { ...cases, cases: [{ ...first, id: "e", workload: withoutPattern }] },
    ])
    expect(unsupported.map(({ reason }) => reason)).toEqual([
      "unknown metric watts",
      "workload.sparsity is not N:M",
      'sparseloop-stc-45nm has no design "STC_felxible"',
      "workload.activationDensity is not in (0, 1]",
      "workload.weightDensity without a sparsity N:M",
    ])
  })
})
