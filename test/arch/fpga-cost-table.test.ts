import { describe, expect, it } from "vitest"
import { parseDocument } from "yaml"
import { builtinFiles } from "../../arch/builtin.ts"
import { energyTableIds } from "../../arch/energy-catalogue.ts"
import { ConfigError } from "../../arch/errors.ts"
import {
  fpgaDeviceFromText,
  fpgaDeviceIds,
  fpgaUnitsFromText,
  fpgaUnitsIds,
  loadFpgaDevice,
  loadFpgaUnits,
} from "../../arch/fpga-cost-table.ts"
import { fpgaResources } from "../../arch/fpga-resources.ts"
import { machineNumbers } from "../../arch/machine.ts"
import { machineIds } from "../../arch/machine-catalogue.ts"

const unitsText = builtinFiles.get("fpga/ultrascale-plus-units.yaml") ?? ""
const deviceText = builtinFiles.get("fpga/vu9p.yaml") ?? ""

const withValue = (text: string, path: readonly (string | number)[], value: unknown): string => {
  const document = parseDocument(text)
  document.setIn(path, value)
  return document.toString()
}

const errorOf = (read: () => unknown): ConfigError => {
  try {
    read()
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error("the text was accepted")
}

describe("FPGA files", () => {
  it("are found by id and are neither machines nor energy tables", () => {
    expect(fpgaDeviceIds()).toEqual(["vu9p"])
    expect(fpgaUnitsIds()).toEqual(["ultrascale-plus-units"])
    const fpgaFiles = [...fpgaDeviceIds(), ...fpgaUnitsIds()]
    expect([...machineIds(), ...energyTableIds()].filter((id) => fpgaFiles.includes(id))).toEqual([])
    for (const id of fpgaDeviceIds()) expect(loadFpgaDevice(id).id).toBe(id)
    for (const id of fpgaUnitsIds()) expect(loadFpgaUnits(id).id).toBe(id)
  })

  it("give the VU9P's capacity as its maker's tool prints it: three equal regions", () => {
    const { capacity, regions } = loadFpgaDevice("vu9p")
    const perRegion = { lut: 394_080, ff: 788_160, dsp: 2280, bram: 1440 / 2, uram: 320 }
    for (const resource of fpgaResources) {
      expect(capacity[resource].value).toBe(3 * perRegion[resource])
      expect(capacity[resource].status).toBe("published")
    }
    expect(regions.count.value).toBe(3)
  })

  it("give every assumed cost a range that contains it", () => {
    const units = loadFpgaUnits("ultrascale-plus-units")
    const numbers = [...machineNumbers(units), ...units.operators.flatMap((row) => machineNumbers(row))]
    expect(numbers.length).toBeGreaterThan(50)
    const unbounded = numbers.filter(({ status, range }) => status === "assumed" && range === undefined)
    // The port width is a choice of structure; its effect on block counts is not monotone, so it is no band's edge.
    expect(unbounded.map(({ path }) => path)).toEqual(["memories.keptPerGroup"])
    for (const { value, range = [value, value] } of numbers) {
      expect(range[0]).toBeLessThanOrEqual(value)
      expect(range[1]).toBeGreaterThanOrEqual(value)
    }
  })

  it("refuse a bare number, a negative amount and an unknown field, saying where", () => {
    const bare = errorOf(() => fpgaDeviceFromText(withValue(deviceText, ["capacity", "dsp"], 6840), "d.yaml"))
    expect(bare.message).toContain("bare number 6840")
    expect(bare.place).toMatchObject({ file: "d.yaml", path: "capacity.dsp" })
    const negative = errorOf(() =>
      fpgaUnitsFromText(withValue(unitsText, ["operators", 0, "dsp", "value"], -1), "u.yaml"),
    )
    expect(negative.place?.path).toContain("operators.0.dsp")
    const unknown = errorOf(() => fpgaUnitsFromText(withValue(unitsText, ["sore", "depth"], 1), "u.yaml"))
    expect(unknown.message).toContain("sore.depth")
  })

  it("name the nearest file when there is none of a name", () => {
    expect(errorOf(() => loadFpgaDevice("vu9")).remedy).toContain("vu9p")
    expect(errorOf(() => loadFpgaUnits("vu9p")).message).toContain("vu9p")
  })
})
