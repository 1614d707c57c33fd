import { describe, expect, it } from "vitest"
import { WorkloadError } from "../../../../arch/errors.ts"
import { pruneWeights } from "../../../../dataflows/sparsity/density.ts"
import { patternMask } from "../../../../dataflows/sparsity/pattern/pattern-mask.ts"
import { rowWiseN } from "../../../../dataflows/sparsity/pattern/row-wise.ts"
import { hierarchical } from "../../../../dataflows/sparsity/pattern/sparsity-pattern.ts"

describe("a V:N:M mask", () => {
  const weights = {
    shape: [2, 8],
    // Column sums: 9, 9, 8, 8, 7, 1, 1, 1. Row 1's largest weight lies in the fifth column by sum.
    values: Float32Array.from([9, 8, 7, 6, 0, 1, 0, 0, 0, 1, 1, 2, 7, 0, 1, 1]),
  }

  it("keeps the four columns that its rows together weigh most, and N of them in every row", () => {
    expect([...patternMask(weights, { kind: "vector", v: 2, n: 2, m: 8 }, "FF")]).toEqual([
      1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0,
    ])
  })

  it("lets every row choose for itself when blocks have one row", () => {
    expect([...patternMask(weights, { kind: "vector", v: 1, n: 2, m: 8 }, "FF")]).toEqual([
      1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0,
    ])
  })

  it("groups output channels in BP, where input channels are the rows", () => {
    const values = Float32Array.from([5, 1, 4, 2, 3, 3, 2, 4, 1, 5])
    // Five output by two input channels: columns weigh 6 each, so the first four stay.
    expect([...patternMask({ shape: [5, 2], values }, { kind: "vector", v: 2, n: 1, m: 5 }, "BP")]).toEqual([
      1, 0, 0, 0, 0, 0, 0, 1, 0, 0,
    ])
  })
})

describe("a hierarchical mask", () => {
  it("prunes elements first, then blocks by what they have left", () => {
    const values = Float32Array.from([1, 9, 5, 6, 4, 4, 7, 0])
    const pattern = hierarchical([
      { n: 1, m: 2 },
      { n: 2, m: 4 },
    ])
    expect([...patternMask({ shape: [1, 8], values }, pattern, "FF")]).toEqual([0, 1, 0, 0, 0, 0, 1, 0])
  })

  it("keeps whole blocks before the short one at the end of a line", () => {
    const values = Float32Array.from([1, 1, 9])
    const pattern = hierarchical([
      { n: 1, m: 2 },
      { n: 1, m: 2 },
    ])
    expect([...patternMask({ shape: [1, 3], values }, pattern, "FF")]).toEqual([1, 0, 0])
  })
})

describe("row-wise N", () => {
  it("is the least power of two that every group of the row fits, over all kernel positions", () => {
    // [out 3, in 4, kernel 1 × 2]: row 0 is empty, row 1 has three non-zeros at one position, row 2 one at each.
    const values = new Float32Array(24)
    values.set([1, 0, 1, 0, 1, 0, 0, 0], 8)
    values.set([1, 1, 0, 0, 0, 0, 0, 0], 16)
    expect([...rowWiseN({ shape: [3, 4, 1, 2], values }, { kind: "row-wise", n: 4, m: 4 }, "FF")]).toEqual([
      1, 4, 1,
    ])
  })
})

describe("masks of real weights", () => {
  it.each([
    { kind: "vector", v: 2, n: 2, m: 4 } as const,
    hierarchical([
      { n: 1, m: 2 },
      { n: 1, m: 2 },
    ]),
    { kind: "bounded", n: 1, m: 2 } as const,
  ])("of $kind patterns refuse NaN with its place", (pattern) => {
    const values = Float32Array.from([1, 2, Number.NaN, 4])
    expect(() => patternMask({ shape: [1, 4], values }, pattern, "FF")).toThrow(WorkloadError)
    expect(() => patternMask({ shape: [1, 4], values }, pattern, "FF")).toThrow(/flat index 2/)
  })

  it("count what a pattern leaves, not what plain N:M would", () => {
    const values = Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8])
    const pattern = hierarchical([
      { n: 2, m: 2 },
      { n: 1, m: 4 },
    ])
    const { statistics } = pruneWeights({ shape: [1, 8], values }, pattern, "FF")
    expect(statistics.density).toBe(2 / 8)
    expect(statistics.keptMagnitude).toBeCloseTo(15 / 36, 12)
  })
})
