import { describe, expect, it } from "vitest"
import {
  metadataBitsPerKept,
  patternMetadataBits,
} from "../../../../dataflows/sparsity/pattern/pattern-metadata.ts"
import { hierarchical } from "../../../../dataflows/sparsity/pattern/sparsity-pattern.ts"

describe("metadata bits", () => {
  it("of plain N:M a kept value: 3 as an index of 2:8, 4 as its bitmap, 2.5 as a combinadic code", () => {
    const pattern = { n: 2, m: 8 }
    expect((["index", "bitmap", "combinadic"] as const).map((f) => metadataBitsPerKept(pattern, f))).toEqual([
      3, 4, 2.5,
    ])
  })

  it("of V:N:M: four column indices shared by V rows, and 2-bit indices as in 2:4 for each", () => {
    const pattern = { kind: "vector", v: 64, n: 2, m: 8 } as const
    expect(patternMetadataBits(pattern, "index")).toBe((4 * 3) / 64 + 2 * 2)
    expect(patternMetadataBits(pattern, "bitmap")).toBe(8 / 64 + 4)
  })

  it("of 2:4x4:8: the four kept blocks, and two indices in each of them", () => {
    const pattern = hierarchical([
      { n: 2, m: 4 },
      { n: 4, m: 8 },
    ])
    expect(patternMetadataBits(pattern, "index")).toBe(4 * 3 + 4 * 2 * 2)
    expect(patternMetadataBits(pattern, "bitmap")).toBe(8 + 4 * 4)
    // C(8, 4) = 70 in 7 bits, C(4, 2) = 6 in 3.
    expect(patternMetadataBits(pattern, "combinadic")).toBe(7 + 4 * 3)
  })
})
