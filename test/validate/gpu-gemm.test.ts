/** GEMM times against measurements: how far the model may be off before something is broken. */
import { describe, expect, it } from "vitest"
import { builtinCases } from "../../src/validate/builtin-cases.ts"
import type { CaseFile } from "../../src/validate/case-file.ts"
import { validate } from "../../src/validate/validate.ts"

const file = builtinCases.get("gpu-gemm") as CaseFile
const result = validate([file])
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

describe.each(["dense", "2:4"])("%s GEMMs", (sparsity) => {
  const cases = result.cases.filter(({ group }) => group.endsWith(` ${sparsity}`))

  it("are all run and within 8 % on average, without leaning to either side", () => {
    expect(mean(cases.map(({ error }) => Math.abs(error)))).toBeLessThan(0.08)
    expect(Math.abs(mean(cases.map(({ error }) => error)))).toBeLessThan(0.02)
  })

  it("are predicted better than by the naive roofline in every group", () => {
    const worse = result.groups.filter(({ mape, baselineMape }) => mape >= (baselineMape ?? 0))
    expect(worse.map(({ group }) => group)).toEqual([])
  })
})

describe("speed-ups of 2:4", () => {
  it("are within 11 % of the measured ones, and within 3 % in the geometric mean", () => {
    expect(mean(result.pairs.map(({ error }) => Math.abs(error)))).toBeLessThan(0.11)
    const logs = result.pairs.map(({ predicted, expected }) => Math.log(predicted / expected))
    expect(Math.abs(Math.exp(mean(logs)) - 1)).toBeLessThan(0.03)
  })

  it("leave out B200 in int8, whose dense path is none to compare with", () => {
    expect(result.pairs.some(({ dense }) => dense.includes("b200/int8"))).toBe(false)
    expect(result.pairs.some(({ dense }) => dense.includes("b200/fp8"))).toBe(true)
  })
})

describe("a case that cannot be run", () => {
  const [first] = file.cases
  const outcome = (workload: Readonly<Record<string, unknown>>, machine = first.machine) =>
    validate([{ ...file, cases: [{ ...first, machine, workload: { ...first.workload, ...workload } }] }])
      .unsupported

  it.each([
    [{ m: 0 }, /m, n and k/],
    [{ dtype: "fp4" }, /fp4/],
    [{ sparsity: "3:4" }, /3:4/],
    [{ outDtype: "fp12" }, /fp12/],
  ])("says why: %j", (workload, says) => {
    expect(outcome(workload)[0].reason).toMatch(says)
  })

  it("names boards that are nearest to an unknown one", () => {
    expect(outcome({}, "a100-pcie")[0].reason).toMatch(/no machine "a100-pcie"/)
  })
})

describe("10,000 predictions", () => {
  it("need no more than a table of cases does: every case takes well under a millisecond", () => {
    const start = process.cpuUsage()
    validate([file])
    const { user, system } = process.cpuUsage(start)
    // A bound far above what is measured, to notice a model that became slower by an order of magnitude.
    expect((user + system) / 1000 / file.cases.length).toBeLessThan(5)
  })
})
