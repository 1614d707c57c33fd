import { describe, expect, it } from "vitest"
import { logTicks, spacedTicks } from "../../viz/log-ticks.ts"
import {
  cyclesText,
  joulesText,
  percentText,
  shortNumber,
  tickText,
  timesText,
  withUnit,
} from "../../viz/number-format.ts"

const plain = (text: string): string => text.replaceAll("\u00a0", " ")

describe("number formats", () => {
  it("writes three digits and an SI prefix", () => {
    expect(plain(withUnit(409.6e9, "FLOP/s"))).toBe("410 GFLOP/s")
    expect(plain(joulesText(1.8e12))).toBe("1.80 J")
    expect(plain(cyclesText(92_110_408))).toBe("92.1 M cycles")
    expect(plain(cyclesText(2776))).toBe("2,776 cycles")
    expect(plain(tickText(500e9))).toBe("500 G")
  })

  it("does not show a trace of something as nothing", () => {
    expect(plain(percentText(0.0001))).toBe("<0.1 %")
    expect(plain(percentText(0))).toBe("0.0 %")
  })

  it("has no text for what is no number", () => {
    for (const format of [percentText, timesText, shortNumber]) expect(format(Number.NaN)).toBe("n/a")
    expect(timesText(Number.POSITIVE_INFINITY)).toBe("n/a")
  })

  it("keeps factors readable at every size", () => {
    expect([0.05, 0.5, 1.976, 12.34, 250].map(timesText)).toEqual([
      "0.050×",
      "0.50×",
      "1.98×",
      "12.3×",
      "250×",
    ])
  })
})

describe("logarithmic ticks", () => {
  it("labels 1, 2 and 5 over two decades, and decades alone over more", () => {
    expect(logTicks(1, 100).labelled).toEqual([1, 2, 5, 10, 20, 50, 100])
    expect(logTicks(1, 1e5).labelled).toEqual([1, 10, 100, 1000, 10_000, 100_000])
    expect(logTicks(1, 1e5).minor).toContain(20)
  })

  it("keeps decades and drops what stands too close to them", () => {
    const position = (tick: number): number => 50 * Math.log10(tick)
    expect(spacedTicks([1, 2, 5, 10, 20, 50, 100], position, 40)).toEqual([1, 10, 100])
    expect(spacedTicks([1, 2, 5, 10], position, 10)).toEqual([1, 2, 5, 10])
  })

  it("labels every other decade where there are many", () => {
    expect(logTicks(1, 1e12).labelled.length).toBeLessThanOrEqual(7)
  })
})
