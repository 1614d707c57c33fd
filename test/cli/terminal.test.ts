import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { textWidth } from "../../src/cli/table.ts"
import { headline, type Terminal, wrapped } from "../../src/cli/terminal.ts"

const terminal = (part: Partial<Terminal>): Terminal => ({
  out: () => undefined,
  err: () => undefined,
  width: 60,
  wraps: true,
  colour: false,
  live: false,
  ...part,
})

describe("sentences on a terminal", () => {
  it("end at its edge, between words, and lose none", () => {
    const words = fc.array(
      fc.string({ minLength: 1, maxLength: 12 }).filter((word) => !/\s|^%/.test(word)),
      {
        minLength: 1,
      },
    )
    fc.assert(
      fc.property(words, fc.integer({ min: 12, max: 80 }), (said, width) => {
        const lines = wrapped(said.join(" "), width)
        expect(lines.join(" ")).toBe(said.join(" "))
        expect(lines.filter((line) => line.includes(" ") && textWidth(line) > width)).toEqual([])
      }),
    )
  })

  it("are indented line by line, and stay whole where they are piped", () => {
    const text = "2:8 BDWP is 1.71 times as fast as dense; 62 % of the step is WU, which stays dense"
    expect(headline(terminal({}), text, 2)).toBe(
      "  2:8 BDWP is 1.71 times as fast as dense; 62 % of the step\n  is WU, which stays dense",
    )
    expect(headline(terminal({ wraps: false }), text, 2)).toBe(`  ${text}`)
  })
})
