/** What making a mask asks of a top-N sorter, against masks of real data made step by step. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parsePattern } from "../../../../dataflows/sparsity/pattern/pattern-text.ts"
import { sorterWork } from "../../../../dataflows/sparsity/pattern/sorter-work.ts"
import type { SparsityPattern } from "../../../../dataflows/sparsity/pattern/sparsity-pattern.ts"
import { anyPattern } from "../../../arbitraries/pattern.ts"

const work = (elements: number, text: string) => {
  const pattern = parsePattern(text)
  if (pattern === undefined) throw new Error(text)
  return sorterWork(elements, pattern)
}

describe("the sorter's work for one mask", () => {
  it.each([
    // Every element passes once and meets N kept ones.
    ["2:8", { taken: 1024, comparisons: 2048, additions: 0 }],
    ["dbb2:8", { taken: 1024, comparisons: 2048, additions: 0 }],
    // 1,024 elements, N0 = 2; 256 blocks of 4, N1 = 1; the 512 kept elements were added up into the blocks' scores.
    ["2:4x1:2", { taken: 1024 + 256, comparisons: 2048 + 256, additions: 512 }],
    // 1,024 additions into 64 column scores of 16 rows; 4 columns of 8 leave 512 elements, of which each row sorts out 2.
    ["v16:2:8", { taken: 1024 + 64 + 512, comparisons: 64 * 4 + 512 * 2, additions: 1024 }],
  ] as const)("of 1,024 elements and %s is %o", (text, expected) => {
    expect(work(1024, text)).toEqual(expected)
  })

  it("is never less than one pass of the elements", () => {
    fc.assert(
      fc.property(anyPattern, fc.integer({ min: 1, max: 1e6 }), (pattern: SparsityPattern, elements) => {
        const { taken, comparisons, additions } = sorterWork(elements, pattern)
        expect(taken).toBeGreaterThanOrEqual(elements)
        for (const count of [taken, comparisons, additions]) expect(Number.isSafeInteger(count)).toBe(true)
      }),
    )
  })

  it("grows with the elements", () => {
    fc.assert(
      fc.property(anyPattern, fc.nat(1e5), fc.nat(1e5), (pattern, a, more) => {
        expect(sorterWork(a + more, pattern).taken).toBeGreaterThanOrEqual(sorterWork(a, pattern).taken)
      }),
    )
  })

  it("of V:N:M asks for fewer column scores the more rows share them", () => {
    const taken = ["v1:2:8", "v4:2:8", "v64:2:8"].map((text) => work(4096, text).taken)
    expect(taken).toEqual(taken.toSorted((a, b) => b - a))
  })
})
