import { describe, expect, it } from "vitest"
import { parseDocument } from "yaml"
import { builtinFiles } from "../../arch/builtin.ts"
import { builtinEnergyTables, energyTableIds } from "../../arch/energy-catalogue.ts"
import { energyTableFromText } from "../../arch/energy-table.ts"
import { ConfigError } from "../../arch/errors.ts"
import type { Quantity } from "../../arch/quantity.ts"

const horowitz = builtinFiles.get("energy/horowitz-45nm.yaml") ?? ""

const errorOf = (text: string): ConfigError => {
  try {
    energyTableFromText(text, "table.yaml")
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error("the text was accepted")
}

type Path = readonly (string | number)[]

/** The text of the Horowitz table with `value` at `path`. */
const withValue = (path: Path, value: unknown): string => {
  const document = parseDocument(horowitz)
  document.setIn(path, value)
  return document.toString()
}

/** The text of the Horowitz table with the first row of the list at `path` standing there again. */
const withRepeatedRow = (path: Path): string => {
  const document = parseDocument(horowitz)
  document.addIn(path, document.getIn([...path, 0]))
  return document.toString()
}

describe("energy table files", () => {
  it.each(energyTableIds().map((id) => [id]))("%s has its file name as id and says what it is", (id) => {
    const table = energyTableFromText(builtinFiles.get(`energy/${id}.yaml`) ?? "", id)
    expect(table.id).toBe(id)
    expect(table.about.length).toBeGreaterThan(100)
  })

  it("holds every number in base units with its source", () => {
    const { entries, voltage } = energyTableFromText(horowitz, "horowitz-45nm.yaml")
    expect(entries.sram?.anchors[0]?.capacity).toMatchObject({ value: 8192, written: 8, unit: "KiB" })
    expect(voltage?.value).toBe(0.9)
  })

  it("keeps reads and writes of a DRAM apart", () => {
    const { dram } = energyTableFromText(withValue(["dram", 0, "write", "value"], 200), "table.yaml")
    expect(dram[0]).toMatchObject({ technology: "ddr3", read: { value: 162.5 }, write: { value: 200 } })
  })

  it("refuses a bare number and says where it stands", () => {
    const error = errorOf(withValue(["entries", "register", "read"], 0.072))
    expect(error.place).toMatchObject({ file: "table.yaml", path: "entries.register.read" })
    expect(error.place?.line).toBeGreaterThan(1)
    expect(error.message).toContain("bare number 0.072")
  })

  it("refuses an action that costs nothing", () => {
    const error = errorOf(withValue(["entries", "alu", 0, "add", "value"], 0))
    expect(error.place?.path).toBe("entries.alu.0.add")
  })

  it("refuses a gated MAC dearer than a computing one", () => {
    const error = errorOf(
      withValue(["entries", "mac", 0, "gated"], {
        value: 0.31,
        unit: "pJ",
        status: "assumed",
        source: "above 0.3",
      }),
    )
    expect(error.message).toContain("gated")
  })

  it("refuses an energy in a unit of something else", () => {
    const error = errorOf(withValue(["dram", 0, "read", "unit"], "W"))
    expect(error.message).toContain("energy")
  })

  it("refuses two rows for the same thing", () => {
    expect(errorOf(withRepeatedRow(["dram"])).message).toContain("second row for ddr3")
    expect(errorOf(withRepeatedRow(["entries", "mac"])).message).toContain("second row for int8 into int32")
  })

  it("refuses anchors that do not rise in capacity", () => {
    const error = errorOf(withRepeatedRow(["entries", "sram", "anchors"]))
    expect(error.place?.path).toBe("entries.sram.anchors.3.capacity")
    const equal = errorOf(withValue(["entries", "sram", "anchors", 1, "capacity", "value"], 8))
    expect(equal.place?.path).toBe("entries.sram.anchors.1.capacity")
  })

  it("refuses an unknown scope and a misspelt field", () => {
    expect(errorOf(withValue(["scope"], "chip")).place?.path).toBe("scope")
    expect(errorOf(horowitz.replace("voltage:", "volts:")).message).toContain("volts")
  })
})

describe("built-in energy tables", () => {
  const numbers = builtinEnergyTables().flatMap((table) =>
    numbersOf(table).map((number) => ({ table: table.id, ...number })),
  )

  it("rest on no number that was recalled or not confirmed", () => {
    for (const { source } of numbers) expect(source).not.toMatch(/recall|unconfirmed|TPUv4i|GPUJoule/i)
  })

  it("give a plausible range to every guess about energy", () => {
    const bare = numbers.filter(
      ({ status, unit, range }) => status === "assumed" && unit === "pJ" && range === undefined,
    )
    expect(bare).toEqual([])
  })

  it("call no energy of the FPGA table anything but assumed", () => {
    const known = numbers.filter(
      ({ table, unit, status }) => table === "fpga-16nm" && unit === "pJ" && status !== "assumed",
    )
    expect(known).toEqual([])
  })
})

/** Every quantity inside a decoded table. */
function numbersOf(value: unknown): readonly Quantity[] {
  if (typeof value !== "object" || value === null) return []
  return isQuantity(value) ? [value] : Object.values(value).flatMap(numbersOf)
}

function isQuantity(value: object): value is Quantity {
  return "written" in value && "status" in value
}
