/** Units: what a written number is in the base unit of its dimension. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  cycles,
  cyclesToSeconds,
  hertz,
  isUnitName,
  macsToFlops,
  toBase,
  type UnitName,
  units,
} from "../../arch/units.ts"

const unitName = fc.constantFrom(...Object.keys(units).filter(isUnitName))

describe("a written number in base units", () => {
  it.each<readonly [number, UnitName, number]>([
    [64, "KiB", 65_536],
    [2, "MiB", 2_097_152],
    [1, "GiB", 1_073_741_824],
    [76.8, "GB/s", 76_800_000_000],
    [3, "MB/s", 3_000_000],
    [2, "TB/s", 2_000_000_000_000],
    [200, "MHz", 200_000_000],
    [1.5, "GHz", 1_500_000_000],
    [2, "nJ", 2000],
    [250, "mW", 0.25],
    [48, "percent", 0.48],
    [32, "PE", 32],
    [7, "cycles", 7],
  ])("%d %s is %d", (value, unit, base) => {
    expect(toBase(value, unit)).toBeCloseTo(base, 9)
  })

  it("is itself in the base unit of every dimension", () => {
    const based = Object.values(units).filter(({ inBase }) => inBase === 1)
    const dimensions = new Set(Object.values(units).map(({ dimension }) => dimension))
    expect(new Set(based.map(({ dimension }) => dimension))).toEqual(dimensions)
  })

  it("grows with what is written, from zero at zero", () => {
    fc.assert(
      fc.property(unitName, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (unit, value) => {
        expect(toBase(0, unit)).toBe(0)
        expect(toBase(2 * value, unit)).toBe(2 * toBase(value, unit))
        expect(toBase(value, unit)).toBeGreaterThan(0)
      }),
    )
  })

  it("keeps binary and decimal prefixes apart: a KiB is 1,024 B, a MB/s 10⁶ B/s", () => {
    expect(toBase(1, "MiB") / toBase(1, "KiB")).toBe(1024)
    expect(toBase(1, "GB/s") / toBase(1, "MB/s")).toBe(1000)
  })
})

describe("unit names", () => {
  it("are spelt one way: capitals count, and what every object has is no unit", () => {
    expect(["KiB", "GB/s", "1", "elements/cycle"].every(isUnitName)).toBe(true)
    const others = ["kib", "KB", "gb/s", "", "toString", "constructor", "__proto__"]
    expect(others.filter(isUnitName)).toEqual([])
  })
})

describe("conversions between dimensions", () => {
  it("count a multiply-accumulate as two floating-point operations", () => {
    expect(macsToFlops(1_814_073_344)).toBe(3_628_146_688)
  })

  it("turn cycles into seconds at a clock: 200 million at 200 MHz take one", () => {
    expect(cyclesToSeconds(cycles(200e6), hertz(200e6))).toBe(1)
  })
})
