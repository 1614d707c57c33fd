import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  compressedBits,
  compressedBitsPerGroup,
  compressionRatio,
  indexBits,
  metadataBitsPerGroup,
} from "../../../dataflows/sparsity/compressed-size.ts"
import { nmPattern } from "../../arbitraries/nm.ts"
import { runs } from "../../arbitraries/runs.ts"

describe("bits of one compressed group", () => {
  // The storage arithmetic of the SAT reference: 16·N + N·⌈log2 M⌉.
  it.each([
    [2, 4, 36],
    [1, 4, 18],
    [2, 8, 38],
    [2, 16, 40],
  ])("%i:%i of 16-bit values with indices takes %i bits", (n, m, expected) => {
    expect(compressedBitsPerGroup({ n, m }, 16, "index")).toBe(expected)
  })

  it.each([
    [2, 4, 3],
    [1, 8, 3],
    [4, 8, 7],
    [2, 16, 7],
    [8, 8, 0],
    [1, 1, 0],
    [32, 64, 61],
  ])("%i:%i takes %i bits as a combinadic code", (n, m, expected) => {
    // ⌈log2⌉ of C = 6, 8, 70, 120, 1, 1 and 1 832 624 140 942 590 534 (2^60.67).
    expect(metadataBitsPerGroup({ n, m }, "combinadic")).toBe(expected)
  })

  it("never takes more as a combinadic code than as indices or as a bitmap", () => {
    fc.assert(
      fc.property(nmPattern(80), (pattern) => {
        const bound = metadataBitsPerGroup(pattern, "combinadic")
        expect(bound).toBeLessThanOrEqual(metadataBitsPerGroup(pattern, "index"))
        expect(bound).toBeLessThanOrEqual(metadataBitsPerGroup(pattern, "bitmap"))
      }),
      { numRuns: runs },
    )
  })

  it("takes no index bits when M = 1 and exact powers of two need no extra bit", () => {
    expect([1, 2, 3, 4, 5, 8, 9, 1024, 1025].map(indexBits)).toEqual([0, 1, 2, 2, 3, 3, 4, 10, 11])
  })
})

describe("weight compression with metadata", () => {
  // Dense bits / compressed bits, index and bitmap, for 8-, 16- and 32-bit values.
  it.each([
    [2, 4, [1.6, 1.6], [1.778, 1.778], [1.882, 1.882]],
    [1, 4, [3.2, 2.667], [3.556, 3.2], [3.765, 3.556]],
    [4, 8, [1.455, 1.6], [1.684, 1.778], [1.829, 1.882]],
    [2, 8, [2.909, 2.667], [3.368, 3.2], [3.657, 3.556]],
    [1, 8, [5.818, 4], [6.737, 5.333], [7.314, 6.4]],
    [2, 16, [5.333, 4], [6.4, 5.333], [7.111, 6.4]],
    [3, 4, [1.067, 1.143], [1.185, 1.231], [1.255, 1.28]],
  ])("%i:%i", (n, m, ...byWidth) => {
    for (const [at, valueBits] of [8, 16, 32].entries()) {
      const [index, bitmap] = byWidth[at]
      expect(compressionRatio({ n, m }, valueBits, "index")).toBeCloseTo(index, 3)
      expect(compressionRatio({ n, m }, valueBits, "bitmap")).toBeCloseTo(bitmap, 3)
    }
  })

  it("approaches M/N from below as values widen", () => {
    fc.assert(
      fc.property(nmPattern(32), ({ n, m }) => {
        const ratios = [4, 8, 16, 32, 64].map((bits) => compressionRatio({ n, m }, bits, "index"))
        expect(ratios.every((ratio) => ratio <= m / n)).toBe(true)
        expect(ratios.toSorted((a, b) => a - b)).toEqual(ratios)
      }),
      { numRuns: runs },
    )
  })
})

describe("bits of a compressed tensor", () => {
  it("counts whole groups along every line", () => {
    expect(compressedBits(512, 9 * 256, { n: 2, m: 8 }, 16, "index")).toBe(64 * 9 * 256 * 38)
  })

  it("pads the tail: 9 elements of 2:8 take two groups", () => {
    expect(compressedBits(9, 1, { n: 2, m: 8 }, 16, "index")).toBe(76)
  })
})
