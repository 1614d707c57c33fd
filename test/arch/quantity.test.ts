/** Numbers with where they come from: what a machine file may say and what it may not. */
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decoded, quantity, type QuantityFile, Status } from "../../arch/quantity.ts"

const rows = quantity({ dimension: "dimensionless", min: 1, max: 512, integer: true })
const bandwidth = quantity({ dimension: "bandwidth", min: 1 })
const capacity = quantity({ dimension: "storage", min: 1, integer: true })

const thirtyTwo: QuantityFile = { value: 32, unit: "PE", source: "the data sheet", status: "published" }

/** What is wrong with a quantity, or undefined where nothing is. */
const complaint = (schema: typeof rows, value: unknown): string | undefined => {
  const exit = Schema.decodeUnknownExit(schema)(value, { onExcessProperty: "error" })
  return Exit.isSuccess(exit) ? undefined : String(exit.cause)
}

describe("a quantity", () => {
  it("is accepted with value, unit, source and a known status", () => {
    for (const status of Status.literals) expect(complaint(rows, { ...thirtyTwo, status })).toBeUndefined()
  })

  it.each([
    ["a bare number", 32],
    ["no source", { value: 32, unit: "PE", status: "published" }],
    ["an empty source", { ...thirtyTwo, source: "" }],
    ["no status", { value: 32, unit: "PE", source: "s" }],
    ["a status that is not one", { ...thirtyTwo, status: "guessed" }],
    ["a unit that is not one", { ...thirtyTwo, unit: "pe" }],
    ["a unit that every object has", { ...thirtyTwo, unit: "constructor" }],
    ["a text for the value", { ...thirtyTwo, value: "32" }],
    ["NaN", { ...thirtyTwo, value: Number.NaN }],
    ["infinity", { ...thirtyTwo, value: Number.POSITIVE_INFINITY }],
    ["a range of one number", { ...thirtyTwo, range: [16] }],
    ["a range of three numbers", { ...thirtyTwo, range: [16, 32, 64] }],
    ["an unknown field", { ...thirtyTwo, comment: "x" }],
  ])("is refused with %s", (_, value) => {
    expect(complaint(rows, value)).toBeDefined()
  })

  it("must have a unit of its dimension, and the complaint lists those", () => {
    expect(complaint(bandwidth, { ...thirtyTwo, unit: "W" })).toMatch(
      /bandwidth in B\/s, MB\/s, GB\/s, TB\/s, not W/,
    )
  })

  it("must be whole where a count is asked for, in base units: half a MiB is, half a byte is not", () => {
    expect(complaint(capacity, { ...thirtyTwo, value: 0.5, unit: "MiB" })).toBeUndefined()
    expect(complaint(capacity, { ...thirtyTwo, value: 0.5, unit: "B" })).toMatch(/whole number, not 0\.5 B/)
    expect(complaint(rows, { ...thirtyTwo, value: 32.5 })).toMatch(/whole number, not 32\.5/)
  })

  it("must lie between the least and the greatest value, both allowed", () => {
    for (const value of [1, 512]) expect(complaint(rows, { ...thirtyTwo, value })).toBeUndefined()
    expect(complaint(rows, { ...thirtyTwo, value: 0 })).toMatch(/at least 1, not 0 PE/)
    expect(complaint(rows, { ...thirtyTwo, value: 513 })).toMatch(/at most 512, not 513 PE/)
  })

  it("must have a range that contains it", () => {
    expect(complaint(rows, { ...thirtyTwo, range: [32, 32] })).toBeUndefined()
    for (const range of [
      [33, 64],
      [8, 31],
      [64, 16],
    ]) {
      expect(complaint(rows, { ...thirtyTwo, range })).toMatch(/range that contains the value 32/)
    }
  })

  it("must have a range whose ends are possible too: a band tries the machine at both", () => {
    expect(complaint(rows, { ...thirtyTwo, range: [0, 64] })).toMatch(/at least 1, not 0 PE/)
    expect(complaint(rows, { ...thirtyTwo, range: [16, 1024] })).toMatch(/at most 512, not 1024 PE/)
    expect(complaint(rows, { ...thirtyTwo, range: [16, 40.5] })).toMatch(/whole number, not 40\.5 PE/)
  })
})

describe("decoding", () => {
  it("turns value and range into base units and keeps what was written", () => {
    const file = {
      value: 64,
      unit: "KiB",
      source: "s",
      status: "assumed",
      range: [32, 128],
      note: "n",
    } as const
    expect(decoded(file)).toEqual({
      value: 65_536,
      written: 64,
      unit: "KiB",
      source: "s",
      status: "assumed",
      range: [32_768, 131_072],
      note: "n",
    })
  })

  it("adds no range and no note where there is none", () => {
    expect(Object.keys(decoded(thirtyTwo)).toSorted()).toEqual([
      "source",
      "status",
      "unit",
      "value",
      "written",
    ])
  })

  it("keeps a value inside its range, whatever the unit", () => {
    const written = fc.double({ min: 1e-3, max: 1e9, noNaN: true })
    fc.assert(
      fc.property(
        fc.tuple(written, written, written),
        fc.constantFrom("B", "KiB", "MiB", "GB/s", "MHz", "percent"),
        (numbers, unit) => {
          const [low, value, high] = numbers.toSorted((a, b) => a - b)
          const q = decoded({ value, unit, source: "s", status: "assumed", range: [low, high] })
          expect(q.range?.[0]).toBeLessThanOrEqual(q.value)
          expect(q.value).toBeLessThanOrEqual(q.range?.[1] ?? Number.NaN)
        },
      ),
    )
  })
})
