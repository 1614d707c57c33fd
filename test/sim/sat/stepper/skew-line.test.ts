import { describe, expect, it } from "vitest"
import { BUBBLE, LIVE, tokenOf } from "../../../../sim/sat/stepper/control-token.ts"
import { SkewLine } from "../../../../sim/sat/stepper/skew-line.ts"

describe("a skew line", () => {
  it("gives every tap what was pushed that many cycles ago, and bubbles before", () => {
    const line = new SkewLine(2)
    line.push(tokenOf(7, 0, LIVE), 7)
    expect(line.tap(0)).toBe(tokenOf(7, 0, LIVE))
    expect(line.tap(1)).toBe(BUBBLE)
    line.push(BUBBLE, 0)
    line.push(tokenOf(300_000, 1, LIVE), 300_000)
    expect(line.tap(2)).toBe(tokenOf(7, 0, LIVE))
    expect(line.step).toBe(7)
    line.tap(0)
    expect(line.step).toBe(300_000)
  })
})
