import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type BranchBlock, newBranchBlock } from "../../sim/branch/branch-block.ts"
import { instructionsOfFirstHalf } from "../../src/branch/half-of-trace.ts"

async function* blocksOf(gaps: readonly number[], each: number): AsyncGenerator<BranchBlock> {
  for (let from = 0; from < gaps.length; from += each) {
    const block = newBranchBlock(each)
    const part = gaps.slice(from, from + each)
    block.gap.set(part)
    block.length = part.length
    yield block
    await Promise.resolve()
  }
}

const sum = (gaps: readonly number[]): number => gaps.reduce((a, b) => a + b, 0)

describe("the first half of a trace", () => {
  it("is half of its branches, whatever the blocks", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 4000 }),
        fc.integer({ min: 1, max: 700 }),
        async (gaps, each) => {
          const half = gaps.slice(0, Math.floor(gaps.length / 2))
          expect(await instructionsOfFirstHalf(blocksOf(gaps, each))).toBe(sum(half))
        },
      ),
      { numRuns: 50 },
    )
  })

  it("is met to a thousandth in a long one", async () => {
    for (const length of [4097, 50_000, 123_457]) {
      const gaps = Array.from({ length }, (_, i) => 1 + (i % 7))
      const half = await instructionsOfFirstHalf(blocksOf(gaps, 1000))
      const at = gaps.reduce(
        (state, gap) => (state.sum < half ? { sum: state.sum + gap, n: state.n + 1 } : state),
        {
          sum: 0,
          n: 0,
        },
      )
      expect(at.sum).toBe(half)
      expect(Math.abs(at.n / length - 0.5)).toBeLessThan(0.001)
    }
  })
})
