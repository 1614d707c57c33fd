/** "Did you mean": near names are found, far ones are not made up. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { didYouMean, nearest } from "../../arch/nearest.ts"

const machines = ["sat-vcu1525", "systolic-32x32", "systolic-128x128"]

describe("the nearest name", () => {
  it.each([
    ["sat-vcu1524", machines, "sat-vcu1525"],
    ["SAT-VCU1525", machines, "sat-vcu1525"],
    ["bdpw", ["dense", "sr-ste", "sdgp", "bdwp"], "bdwp"],
    ["rs", ["os", "ws"], "os"],
    ["mib", ["B", "KiB", "MiB"], "MiB"],
  ])("to %s is found by its letters", (name, known, found) => {
    expect(nearest(name, known)).toBe(found)
  })

  it("to the beginning of one name is that name, however much is missing", () => {
    expect(nearest("sat", machines)).toBe("sat-vcu1525")
    expect(nearest("pregen", ["pregeneration", "interleave"])).toBe("pregeneration")
  })

  it.each([
    ["anything", []],
    ["", ["os", "ws"]],
    ["zzzzzz", machines],
    ["x", ["os", "ws"]],
  ])("to %j is none of %j", (name, known) => {
    expect(nearest(name, known)).toBeUndefined()
  })

  it("to a known name is the name itself", () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]{1,12}$/), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(names, fc.nat(), (known, i) => {
        const name = known[i % known.length]
        fc.pre(known.filter((other) => other.startsWith(name)).length === 1)
        expect(nearest(name, known)).toBe(name)
      }),
    )
  })
})

describe("the hint", () => {
  it("names the nearest and lists what is known", () => {
    expect(didYouMean("sat-vcu1524", machines)).toBe(
      `Did you mean sat-vcu1525? Known: ${machines.join(", ")}.`,
    )
  })

  it("lists what is known where nothing is near", () => {
    expect(didYouMean("zzzzzz", ["os", "ws"])).toBe("Known: os, ws.")
  })

  it("stops listing after two dozen names", () => {
    const many = Array.from({ length: 30 }, (_, i) => `name-${i}`)
    expect(didYouMean("zzzzzz", many)).toMatch(/name-23, …\.$/)
  })
})
