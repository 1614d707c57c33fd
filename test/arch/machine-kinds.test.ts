import { describe, expect, it } from "vitest"
import { builtinFiles } from "../../arch/builtin.ts"
import { ConfigError, UnsupportedError } from "../../arch/errors.ts"
import { machineNumbers } from "../../arch/machine.ts"
import {
  loadArrayMachine,
  loadMachine,
  loadSpatialArrayMachine,
  machineFromText,
  machineIds,
} from "../../arch/machine-catalogue.ts"

const errorOf = (act: () => unknown): unknown => {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}

const tensorCore = builtinFiles.get("sat/sparseloop-stc-45nm.yaml") ?? ""

describe("kinds of machine", () => {
  it("are read by the file's own kind, with a source for every number", () => {
    for (const id of machineIds()) {
      const machine = loadMachine(id)
      expect(machine.id).toBe(id)
      for (const { source } of machineNumbers(machine)) expect(source).not.toBe("")
    }
    expect(loadMachine("sparseloop-stc-45nm").kind).toBe("spatial-array")
    expect(loadMachine("systolic-7x9").kind).toBe("array")
  })

  it("that are not known are an error that names those that are, with line and column", () => {
    const error = errorOf(() =>
      machineFromText(tensorCore.replace("kind: spatial-array", "kind: spatial-aray"), "mine.yaml"),
    )
    expect(error).toBeInstanceOf(ConfigError)
    expect(error).toMatchObject({ place: { file: "mine.yaml", path: "kind", column: 7 } })
    expect(String(error)).toMatch(/array, spatial-array, gpu/)
  })

  it("refuse each other's engines and say which command runs them", () => {
    const error = errorOf(() => loadArrayMachine("sparseloop-stc-45nm"))
    expect(error).toBeInstanceOf(UnsupportedError)
    expect(error).toMatchObject({ remedy: expect.stringContaining("sparsim run") })
    expect(errorOf(() => loadSpatialArrayMachine("sat-vcu1525"))).toBeInstanceOf(UnsupportedError)
  })

  it("take overrides of a design's numbers too", () => {
    const machine = loadSpatialArrayMachine("sparseloop-stc-45nm", [
      { path: "designs.DSTC.accumulatorPorts.read", value: 128 },
    ])
    expect(machine.designs.DSTC.accumulatorPorts?.read.value).toBe(128)
    expect(() => loadMachine("sparseloop-stc-45nm", [{ path: "array.edge", value: 1 }])).toThrow(ConfigError)
  })
})
