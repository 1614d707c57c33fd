import { describe, expect, it } from "vitest"
import { formatPattern, parsePattern } from "../../../../dataflows/sparsity/pattern/pattern-text.ts"

describe("patterns as text", () => {
  it.each([
    ["2:8", { n: 2, m: 8 }],
    [" 2 : 8 ", { n: 2, m: 8 }],
    ["v64:2:8", { kind: "vector", v: 64, n: 2, m: 8 }],
    ["DBB4:8", { kind: "bounded", n: 4, m: 8 }],
    ["rowwise:4", { kind: "row-wise", n: 4, m: 4 }],
    [
      "2:4x4:8",
      {
        kind: "hierarchical",
        levels: [
          { n: 2, m: 4 },
          { n: 4, m: 8 },
        ],
        n: 8,
        m: 32,
      },
    ],
  ])("%s is read", (text, pattern) => {
    expect(parsePattern(text)).toEqual(pattern)
  })

  it.each([
    ["N above M", "9:8"],
    ["a block of no rows", "v0:2:8"],
    ["more than the four columns of a V:N:M block", "v64:5:8"],
    ["fewer columns than a V:N:M block keeps", "v64:2:3"],
    ["one level that is no pattern", "2:4x8"],
    ["a density bound without N", "dbb8"],
    ["rows whose M is no power of two", "rowwise:6"],
    ["a group too large to count exactly", "1:999999x1:999999"],
    ["nothing", ""],
  ])("%s is refused: %s", (_, text) => {
    expect(parsePattern(text)).toBeUndefined()
  })

  it("a hierarchical pattern is written innermost level first", () => {
    expect(formatPattern(parsePattern("2:4×1:2×3:4") ?? { n: 1, m: 1 })).toBe("2:4x1:2x3:4")
  })
})
