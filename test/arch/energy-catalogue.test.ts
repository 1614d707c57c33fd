import { describe, expect, it } from "vitest"
import { energyTableIds, loadEnergyTable } from "../../arch/energy-catalogue.ts"
import { ConfigError } from "../../arch/errors.ts"
import { scaleTable } from "../../arch/scale-table.ts"

describe("energy catalogue", () => {
  it("has five tables of circuits and devices, four of GPU boards and one of CPU cores", () => {
    expect(energyTableIds()).toEqual([
      "aladdin-40nm",
      "cpu-mobile",
      "eyeriss-65nm",
      "fpga-16nm",
      "gpu-ada-board",
      "gpu-ampere-board",
      "gpu-blackwell-board",
      "gpu-hopper-board",
      "horowitz-45nm",
      "sparseloop-stc-45nm",
    ])
  })

  it("loads each under its id", () => {
    for (const id of energyTableIds()) expect(loadEnergyTable(id).id).toBe(id)
  })

  it("scales on the way when the name says a node and a voltage", () => {
    expect(loadEnergyTable("horowitz-45nm@16nm@0.85V")).toEqual(
      scaleTable(loadEnergyTable("horowitz-45nm"), 16, 0.85),
    )
  })

  it("takes the nominal voltage when the name says only a node: 0.8 V at 7 nm", () => {
    expect(loadEnergyTable("horowitz-45nm@7nm").id).toBe("horowitz-45nm@7nm@0.8V")
  })

  it("loads a scaled table again by its own id", () => {
    const { id } = loadEnergyTable("eyeriss-65nm@28nm")
    expect(loadEnergyTable(id).id).toBe(id)
  })

  it("does not scale what a whole board draws to another node", () => {
    expect(remedyFor("gpu-ada-board@16nm")).not.toBe("")
  })

  it("suggests the nearest id for a wrong one", () => {
    expect(remedyFor("horowitz-45")).toContain("Did you mean horowitz-45nm?")
    expect(remedyFor("horowitz-45nm@16")).toContain("horowitz-45nm")
  })
})

const remedyFor = (name: string): string => {
  try {
    loadEnergyTable(name)
  } catch (error) {
    if (error instanceof ConfigError) return error.remedy ?? ""
    throw error
  }
  throw new Error("it was found")
}
