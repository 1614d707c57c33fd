/** Finding machines: by id, by size, from a file; and replacing their numbers for one run. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { builtinFiles } from "../../arch/builtin.ts"
import { ConfigError } from "../../arch/errors.ts"
import { machineNumbers, type PlacedQuantity } from "../../arch/machine.ts"
import {
  loadMachine,
  machineFromText,
  machineIds,
  type Override,
  parseOverride,
} from "../../arch/machine-catalogue.ts"

const sat = builtinFiles.get("sat/sat-vcu1525.yaml") ?? ""

const numberOf = (machine: object, path: string): PlacedQuantity => {
  const found = machineNumbers(machine).find((number) => number.path === path)
  if (found === undefined) throw new Error(`no number ${path}`)
  return found
}

const satWith = (...overrides: readonly string[]): object =>
  loadMachine("sat-vcu1525", overrides.map(parseOverride))

const failure = (step: () => unknown): ConfigError => {
  try {
    step()
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error("nothing was wrong")
}

describe("the built-in machines", () => {
  it("are listed in order, SAT and the systolic arrays among them", () => {
    expect(machineIds()).toEqual(machineIds().toSorted())
    for (const id of ["sat-vcu1525", "systolic-32x32", "systolic-128x128"]) expect(machineIds()).toContain(id)
  })

  it("are equal however often they are loaded, and overrides of one load do not reach another", () => {
    const before = loadMachine("sat-vcu1525")
    satWith("array.rows=64")
    expect(loadMachine("sat-vcu1525")).toEqual(before)
  })

  it("are not found under a wrong name, and the nearest is named", () => {
    const { message, remedy } = failure(() => loadMachine("sat-vcu1524"))
    expect(message).toBe('there is no machine "sat-vcu1524"')
    expect(remedy).toMatch(/Did you mean sat-vcu1525\?/)
  })
})

describe("a systolic array of any size", () => {
  it("is the 32 × 32 one with other edges, which its id derives", () => {
    const machine = loadMachine("systolic-8x24")
    expect(machine.id).toBe("systolic-8x24")
    expect(machine.name).toBe("Systolic array, 8 × 24 int8 PEs")
    expect(numberOf(machine, "array.rows")).toMatchObject({ value: 8, status: "derived" })
    expect(numberOf(machine, "array.cols")).toMatchObject({ value: 24, status: "derived" })
    const edges = new Set(["array.rows", "array.cols"])
    const others = (m: object) => machineNumbers(m).filter(({ path }) => !edges.has(path))
    expect(others(machine)).toEqual(others(loadMachine("systolic-32x32")))
  })

  it("has the edges of its id, always", () => {
    const edge = fc.integer({ min: 1, max: 99_999 })
    fc.assert(
      fc.property(edge, edge, (rows, cols) => {
        const machine = loadMachine(`systolic-${rows}x${cols}`)
        expect(numberOf(machine, "array.rows").value).toBe(rows)
        expect(numberOf(machine, "array.cols").value).toBe(cols)
      }),
      { numRuns: 50 },
    )
  })

  it.each([
    "systolic-0x8",
    "systolic-8x0",
    "systolic-8",
    "systolic-8x",
    "systolic--8x8",
    "systolic-8x8x8",
    "systolic-1e2x8",
  ])("is not meant by %s", (id) => {
    expect(failure(() => loadMachine(id)).message).toMatch(/there is no machine/)
  })
})

describe("a machine file of one's own", () => {
  it("is read like a built-in one", () => {
    const own = machineFromText(sat.replace("id: sat-vcu1525", "id: my-board"), "my-board.yaml")
    expect(own.id).toBe("my-board")
    expect(machineNumbers(own)).toEqual(machineNumbers(loadMachine("sat-vcu1525")))
  })

  it("is refused with line, column and path of its defect", () => {
    const { place } = failure(() =>
      machineFromText(sat.replace("value: 200,", "value: -200,"), "my-board.yaml"),
    )
    const line = sat.split("\n").indexOf("clock:") + 2
    expect(place).toEqual({ file: "my-board.yaml", line, column: 3, path: "clock" })
  })

  it("takes overrides too", () => {
    const own = machineFromText(sat, "my-board.yaml", [parseOverride("dram.bandwidth=100GB/s")])
    expect(numberOf(own, "dram.bandwidth").value).toBe(100e9)
  })
})

describe("an override", () => {
  it.each<readonly [string, Override]>([
    ["dram.bandwidth=100GB/s", { path: "dram.bandwidth", value: 100, unit: "GB/s" }],
    ["array.rows=64", { path: "array.rows", value: 64 }],
    [" clock= 2.5e8 Hz ", { path: "clock", value: 250_000_000, unit: "Hz" }],
    ["clock=.5GHz", { path: "clock", value: 0.5, unit: "GHz" }],
    ["array.rows=-4", { path: "array.rows", value: -4 }],
  ])("%j is read as path, number and unit", (text, override) => {
    expect(parseOverride(text)).toEqual(override)
  })

  it.each(["", "clock", "clock=", "=5", "clock = 5", "clock=fast", "clock=1e400", "clock=NaN"])(
    "%j is refused with an example",
    (text) => {
      const { message, remedy } = failure(() => parseOverride(text))
      expect(message).toContain(`--set ${text}`)
      expect(remedy).toMatch(/dram\.bandwidth=100GB\/s/)
    },
  )

  it.each(["clock=0x10", "clock=1 2", "clock=5mhz", "clock=5toString"])("%j has an unknown unit", (text) => {
    expect(failure(() => parseOverride(text)).message).toMatch(/unknown unit/)
  })

  it("in an unknown unit names the nearest", () => {
    expect(failure(() => parseOverride("dram.bandwidth=3GBps")).remedy).toMatch(/GB\/s/)
  })

  it("with a unit is converted, without one is in the base unit of its dimension", () => {
    expect(numberOf(satWith("dram.bandwidth=100GB/s"), "dram.bandwidth").value).toBe(100e9)
    expect(numberOf(satWith("dram.bandwidth=2e12"), "dram.bandwidth").value).toBe(2e12)
    expect(numberOf(satWith("buffers.filter=65536"), "buffers.filter").value).toBe(65_536)
    expect(numberOf(satWith("clock=250MHz"), "clock").value).toBe(250e6)
  })

  it("is assumed, says that it was set and what stood there, and has no range any more", () => {
    const { status, source, range } = numberOf(satWith("clock=250MHz"), "clock")
    expect(status).toBe("assumed")
    expect(source).toBe("--set on the command line; the file says 200 MHz")
    expect(range).toBeUndefined()
  })

  it("from somebody else is derived from what they say", () => {
    const machine = loadMachine("sat-vcu1525", [
      { path: "array.rows", value: 8, unit: "PE", origin: "the configuration file" },
    ])
    expect(numberOf(machine, "array.rows")).toMatchObject({
      status: "derived",
      source: "the configuration file",
    })
  })

  it("changes its number and nothing else; of two for one number the last counts", () => {
    const twice = satWith("clock=250MHz", "clock=300MHz")
    expect(numberOf(twice, "clock").value).toBe(300e6)
    const others = (m: object) => machineNumbers(m).filter(({ path }) => path !== "clock")
    expect(others(twice)).toEqual(others(loadMachine("sat-vcu1525")))
  })

  it.each([
    ["dram.bandwith=1", /no number of that name/, /Did you mean dram\.bandwidth\?/],
    ["dram=1", /no number of that name/, /Known/],
    ["constructor=1", /no number of that name/, /Known/],
    ["dram.bandwidth=3W", /a bandwidth in B\/s/, /./],
    ["array.rows=0", /at least 1/, /./],
    ["array.rows=1.5", /whole number/, /./],
    ["buffers.activeShare=1.5", /at most 1/, /./],
    ["dram.efficiency=0", /at least 0\.01/, /./],
  ])("%s is refused by the rule of its number", (text, message, remedy) => {
    const error = failure(() => satWith(text))
    expect(error.message).toMatch(message)
    expect(error.remedy).toMatch(remedy)
  })

  it("of every number by its own value leaves every value as it was", () => {
    for (const id of machineIds()) {
      const machine = loadMachine(id)
      const same = machineNumbers(machine).map(({ path, written, unit }) => ({ path, value: written, unit }))
      const again = loadMachine(id, same)
      const values = (m: object) => machineNumbers(m).map(({ path, value }) => [path, value])
      expect(values(again)).toEqual(values(machine))
    }
  })
})
