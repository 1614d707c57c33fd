/** Cores as data: every file is whole, every number says where it is from, and a wrong file is refused with its place. */
import { describe, expect, it } from "vitest"
import { builtinFiles } from "../../arch/builtin.ts"
import { cpuCoreNumbers, withCoreNumber } from "../../arch/cpu-core-numbers.ts"
import { cpuCore, cpuCoreFromText, cpuCoreIds } from "../../arch/cpu-core-catalogue.ts"
import { ConfigError } from "../../arch/errors.ts"

const text = (id: string): string => builtinFiles.get(`cpu-core/${id}.yaml`) ?? ""

const refusal = (changed: string): ConfigError => {
  try {
    cpuCoreFromText(changed, "core.yaml")
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error("the file was accepted")
}

/** Every number below a value of a file, by path. */
const bareNumbers = (value: unknown, path = ""): readonly string[] => {
  if (typeof value === "number") return [path]
  if (typeof value !== "object" || value === null) return []
  if ("value" in value && "source" in value && "status" in value) return []
  return Object.entries(value).flatMap(([key, inner]) => bareNumbers(inner, `${path}.${key}`))
}

describe("a core's file", () => {
  it.each(cpuCoreIds())("of %s is named after its id and holds no bare number", (id) => {
    expect(cpuCore(id).id).toBe(id)
    expect(bareNumbers(cpuCore(id))).toEqual([])
  })

  it("of an unknown core is refused with the nearest name", () => {
    expect(() => cpuCore("cortex-a77")).toThrow(ConfigError)
    expect(() => cpuCore("cortex-a77")).toThrow(/no core "cortex-a77"/)
  })

  it("that sends an operation to a pipe that is not there is refused", () => {
    const changed = text("cortex-a76").replace("on: [fp]", "on: [pf]")
    expect(refusal(changed).message).toBe('the core has no pipe "pf"')
  })

  it("has a window out of order, and none in order", () => {
    expect(refusal(text("cortex-a76").replace("order: out-of-order", "order: in-order"))).toMatchObject({
      place: { file: "core.yaml" },
    })
    expect(refusal(text("cortex-a55").replace("order: in-order", "order: out-of-order"))).toMatchObject({
      place: { file: "core.yaml" },
    })
  })

  it("with a bare number is refused with line and column", () => {
    const changed = text("cortex-a76").replace(
      /storeForward:[\s\S]*?operations:/,
      "storeForward: 1\noperations:",
    )
    expect(refusal(changed)).toMatchObject({ message: '"storeForward" is the bare number 1' })
    expect(refusal(changed).place?.line).toBeGreaterThan(1)
  })
})

describe("the numbers of a core", () => {
  it("are replaced one at a time by their paths, and nothing else with them", () => {
    const core = cpuCore("cortex-a73")
    for (const { path } of cpuCoreNumbers(core)) {
      const after = cpuCoreNumbers(withCoreNumber(core, path, 17))
      const before = cpuCoreNumbers(core)
      const changed = after.filter(({ value }, i) => value !== before[i].value).map((number) => number.path)
      expect(changed).toEqual([path])
    }
  })

  it("have ranges that hold their values", () => {
    for (const id of cpuCoreIds()) {
      for (const { range, value } of cpuCoreNumbers(cpuCore(id))) {
        const [low, high] = range ?? [value, value]
        expect(low).toBeLessThanOrEqual(value)
        expect(high).toBeGreaterThanOrEqual(value)
      }
    }
  })
})

describe("what is known of cores", () => {
  it("is never called fitted: no number is tuned to a loop", () => {
    for (const id of cpuCoreIds()) expect(text(id)).not.toMatch(/status: fitted/)
  })
})
