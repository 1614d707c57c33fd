import { describe, expect, it } from "vitest"
import { branchReport } from "../../../reports/branch/branch-report.ts"
import { branchCompareVerdict, branchVerdict } from "../../../reports/branch/branch-verdict.ts"
import { checkSameBranchWork } from "../../../reports/branch/same-branch-work.ts"
import { sampleBranchTrace, type SampleBranchOptions } from "../../fixtures/sample-branch-trace.ts"
import { tinyTrace } from "../../fixtures/tiny-trace.ts"

const windowOf = (mispredictions: number) => [{ instructions: 60_000, conditional: 10_000, mispredictions }]
const run = (label: string, options: SampleBranchOptions) => ({
  label,
  report: branchReport(sampleBranchTrace(options)),
})

describe("the verdict on one predictor", () => {
  it("tells the rate, the cost and where the misses come from", () => {
    expect(branchVerdict(branchReport(sampleBranchTrace()))).toBe(
      "gshare, 32 KB: 3.75 mispredictions per 1,000 instructions; they cost 31 % of the time, and 2 hard-to-predict branches make 88 % of them.",
    )
  })

  it("names the worst branch where hardly any is hard to predict", () => {
    const report = branchReport(sampleBranchTrace({ worst: [["0x1", 100, 5, 90]] }))
    expect(branchVerdict(report)).toContain("and the worst branch makes 10 % of them.")
  })

  it("says so where nothing is mispredicted", () => {
    const report = branchReport(sampleBranchTrace({ windows: windowOf(0), worst: [] }))
    expect(branchVerdict(report)).toBe("gshare, 32 KB: nothing is mispredicted.")
  })
})

describe("the verdict on several predictors", () => {
  it("names the best, against the first", () => {
    const runs = [run("a", { windows: windowOf(500) }), run("b", { windows: windowOf(100) })]
    expect(branchCompareVerdict(runs)).toBe(
      "“b” is the best of 2: 1.67 mispredictions per 1,000 instructions, 80 % fewer than the first, “a”, at 1.67× its speed.",
    )
  })

  it("is against the next where the first is the best", () => {
    const runs = [run("a", { windows: windowOf(100) }), run("b", { windows: windowOf(200) })]
    expect(branchCompareVerdict(runs)).toMatch(/^“a” is the best of 2: .*50 % fewer than the next, “b”/)
  })
})

describe("traces on one page of predictors", () => {
  it("may differ in the predictor alone", () => {
    expect(() => {
      checkSameBranchWork([sampleBranchTrace(), sampleBranchTrace({ id: "b", name: "B" })])
    }).not.toThrow()
  })

  it.each([
    ["another kind of machine", tinyTrace({ stages: [{ cycles: 1 }] }), /tiny, a machine of kind array/],
    ["another program", sampleBranchTrace({ workloadName: "other.sbbt" }), /sample\.sbbt and other\.sbbt/],
    ["another part of it", sampleBranchTrace({ workloadHash: "bb" }), /different branches of sample\.sbbt/],
  ])("may not be of %s", (_, other, message) => {
    expect(() => {
      checkSameBranchWork([sampleBranchTrace(), other])
    }).toThrow(expect.objectContaining({ _tag: "ConfigError", message: expect.stringMatching(message) }))
  })
})
