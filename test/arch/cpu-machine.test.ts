/** CPU boards: what a new one needs, what they share with their kind of core, and the libraries that run on them. */
import { describe, expect, it } from "vitest"
import { builtinFiles } from "../../arch/builtin.ts"
import { cpuFamilyIds } from "../../arch/cpu-family-catalogue.ts"
import { cpuLibrary, cpuLibraryIds } from "../../arch/cpu-library.ts"
import { ConfigError } from "../../arch/errors.ts"
import { machineNumbers } from "../../arch/machine.ts"
import { loadCpuMachine, loadMachine, machineFromText, machineIds } from "../../arch/machine-catalogue.ts"

const boards = machineIds().filter((id) => loadMachine(id).kind === "cpu")

describe("CPU boards", () => {
  it("are those that published latencies name, and more of their kinds", () => {
    expect(boards).toEqual(
      "a311d graviton2 kirin-970 rk3568 rk3588 rpi3 rpi4 rpi5 snapdragon-660 snapdragon-670 snapdragon-821 snapdragon-835 snapdragon-845 snapdragon-855".split(
        " ",
      ),
    )
  })

  it.each([
    ["rpi4", 1.5, 11.96],
    ["snapdragon-845", 2.8, 22.15],
    ["rpi5", 2.4, 38.4],
  ])("the core of %s has the fp32 peak measured at %d GHz", (id, ghz, gigaflops) => {
    const { family } = loadCpuMachine(id)
    expect((family.vectorFma.value * 4 * 2 * ghz) / gigaflops).toBeCloseTo(1, 1)
  })

  it("list the numbers of their core as their own", () => {
    expect(machineNumbers(loadMachine("rpi4")).map(({ path }) => path)).toContain("family.gemmEfficiency")
  })

  it("can be added as a file that names a kind of core", () => {
    const text = (builtinFiles.get("cpu/rpi4.yaml") ?? "").replace("rpi4", "my-board")
    expect(machineFromText(text, "my-board.yaml").id).toBe("my-board")
  })

  it("with an unknown kind of core are refused with the nearest", () => {
    const text = (builtinFiles.get("cpu/rpi4.yaml") ?? "").replace("cortex-a72", "cortex-a71")
    expect(() => machineFromText(text, "mine.yaml")).toThrow(ConfigError)
    expect(() => machineFromText(text, "mine.yaml")).toThrow(/cortex-a71/)
  })

  it("use every kind of core and every release that a board names exists", () => {
    const machines = boards.map((id) => loadCpuMachine(id))
    expect(new Set(machines.map(({ core }) => core))).toEqual(new Set(cpuFamilyIds()))
    for (const { releases } of machines) {
      for (const release of Object.values(releases ?? {})) expect(cpuLibraryIds()).toContain(release)
    }
  })
})

describe("CPU libraries", () => {
  it("load, and an unknown one is refused with the nearest", () => {
    for (const id of cpuLibraryIds()) expect(cpuLibrary(id).id).toBe(id)
    expect(() => cpuLibrary("xnnpak")).toThrow(ConfigError)
  })
})
