import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { branchReport } from "../../../reports/branch/branch-report.ts"
import { differingBranches } from "../../../reports/branch/differing-branches.ts"
import { isHardToPredict } from "../../../reports/branch/static-branches.ts"
import { sampleBranchTrace } from "../../fixtures/sample-branch-trace.ts"

describe("hard to predict", () => {
  // Thresholds: Lin and Tarsa, IISWC 2019, for slices of 30 million instructions.
  it("needs 15,000 executions, 1,000 misses and less than 99 % in 30 million instructions", () => {
    expect(isHardToPredict({ executions: 15_000, misses: 1000 }, 30e6)).toBe(true)
    expect(isHardToPredict({ executions: 14_999, misses: 1000 }, 30e6)).toBe(false)
    expect(isHardToPredict({ executions: 15_000, misses: 999 }, 30e6)).toBe(false)
    expect(isHardToPredict({ executions: 100_000, misses: 1000 }, 30e6)).toBe(false)
    expect(isHardToPredict({ executions: 100_000, misses: 1001 }, 30e6)).toBe(true)
  })

  it("does not depend on how long the same behaviour is watched", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.nat(100_000),
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 2, max: 1000 }),
        (executions, misses, instructions, times) => {
          const once = { executions, misses: Math.min(misses, executions) }
          const often = { executions: executions * times, misses: once.misses * times }
          expect(isHardToPredict(often, instructions * times)).toBe(isHardToPredict(once, instructions))
        },
      ),
    )
  })
})

describe("static branches of a report", () => {
  it("come by falling misses, with shares of all mispredictions", () => {
    const { worst } = branchReport(sampleBranchTrace())
    expect(worst.map(({ address }) => address)).toEqual(["0x401000", "0x401040", "0x4010c0"])
    expect(worst[0]).toMatchObject({ executions: 9000, misses: 700, isHard: true })
    expect(worst[0].shareOfMisses).toBeCloseTo(700 / 900, 12)
    expect(worst[0].takenShare).toBeCloseTo(4 / 9, 12)
    expect(worst[2].cumulativeShare).toBeCloseTo(795 / 900, 12)
    // 200 executions in 240,000 instructions are 25,000 in 30 million, 5 misses only 625.
    expect(worst[2].isHard).toBe(false)
  })

  it("keep an address that holds a point or a tag as it is", () => {
    const { worst } = branchReport(sampleBranchTrace({ worst: [["0x1.<b>", 10, 5, 3]] }))
    expect(worst.map(({ address }) => address)).toEqual(["0x1.<b>"])
  })
})

describe("branches on which predictors differ", () => {
  const list = (...worst: readonly (readonly [string, number, number, number])[]) =>
    branchReport(sampleBranchTrace({ worst })).worst

  it("come by falling difference; one that a list leaves out is bounded by its last", () => {
    const a = list(["0x1", 1000, 500, 400], ["0x2", 900, 0, 100])
    const b = list(["0x2", 900, 0, 90], ["0x3", 800, 0, 30])
    const found = differingBranches([a, b])
    expect(found.map(({ address, difference }) => [address, difference])).toEqual([
      ["0x1", 370],
      ["0x2", 10],
    ])
    expect(found[0].misses).toEqual([
      { misses: 400, isBound: false },
      { misses: 30, isBound: true },
    ])
  })

  it("are none where all predictors are the same", () => {
    const same = list(["0x1", 1000, 500, 400])
    expect(differingBranches([same, same, same])).toEqual([])
  })
})
