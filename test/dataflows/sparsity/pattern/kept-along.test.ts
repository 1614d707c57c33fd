import { describe, expect, it } from "vitest"
import { keptPrefix } from "../../../../dataflows/gemm.ts"
import { groupMultipliers, groupSteps, keptAlong } from "../../../../dataflows/sparsity/pattern/kept-along.ts"
import { hierarchical } from "../../../../dataflows/sparsity/pattern/sparsity-pattern.ts"

const highLight = hierarchical([
  { n: 2, m: 4 },
  { n: 4, m: 8 },
])

describe("kept elements along an axis", () => {
  it("of 2:4x4:8 are 8 of 32, and of a tail at most four blocks of two", () => {
    expect([32, 64, 16, 20, 18, 5, 33].map((length) => keptAlong(length, highLight))).toEqual([
      8, 16, 8, 8, 8, 3, 9,
    ])
  })

  it("of v64:2:8 are those of 2:8", () => {
    const pattern = { kind: "vector", v: 64, n: 2, m: 8 } as const
    expect([8, 9, 10, 15].map((length) => keptAlong(length, pattern))).toEqual([2, 3, 4, 4])
  })

  it("start anew at every kernel position of a product's reduction", () => {
    const sparsity = { operand: "b", pattern: highLight, groupedLength: 20 } as const
    expect([20, 40, 45].map((k) => keptPrefix(k, sparsity))).toEqual([8, 16, 19])
  })
})

describe("steps of spatial processing elements", () => {
  it("are one a group of M, tails included, with N multipliers", () => {
    expect([4, 8, 9].map((length) => groupSteps(length, { n: 2, m: 4 }))).toEqual([1, 2, 3])
    expect(groupMultipliers({ n: 2, m: 4 })).toBe(2)
  })

  it("are one a kept block of a hierarchical pattern, with N0 multipliers", () => {
    expect([32, 64, 12].map((length) => groupSteps(length, highLight))).toEqual([4, 8, 3])
    expect(groupMultipliers(highLight)).toBe(2)
  })
})
