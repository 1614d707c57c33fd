import { describe, expect, it } from "vitest"
import { reductionGroups } from "../../../../sim/sat/stepper/reduction-groups.ts"

describe("reduction groups", () => {
  it("start anew in every repeat of the grouped axis and keep min(N, t) of a tail of t elements", () => {
    const groups = reductionGroups(12, { operand: "b", pattern: { n: 2, m: 4 }, groupedLength: 5 })
    expect([...groups.starts]).toEqual([0, 4, 5, 9, 10, 12])
    expect([...groups.keptStarts]).toEqual([0, 2, 3, 5, 6, 8])
    expect([...groups.groupOfKept]).toEqual([0, 0, 1, 2, 2, 3, 4, 4])
    expect(groups.width).toBe(4)
  })

  it("have one element each without sparsity", () => {
    const groups = reductionGroups(3, undefined)
    expect([...groups.starts]).toEqual([0, 1, 2, 3])
    expect(groups.width).toBe(1)
  })
})
