/** What pages of boards and cores say beside what all pages say, on traces of real runs. */
import { beforeAll, describe, expect, it } from "vitest"
import { type Aggregate, aggregate } from "../../reports/aggregate.ts"
import { coreOperators } from "../../reports/core-operators.ts"
import { kernelLaunches } from "../../reports/kernel-launches.ts"
import type { Trace } from "../../sim/trace/trace.ts"
import { prepareRun, runOf } from "../../src/run/prepare-run.ts"
import { smallTraining } from "../fixtures/small-training.ts"
import { specOf } from "../run/spec-of.ts"

const real = async (spec: Parameters<typeof specOf>[0]): Promise<readonly [Trace, Aggregate]> => {
  const { trace } = runOf(await prepareRun(specOf(spec))).simulate()
  return [trace, aggregate(trace)]
}

describe("the launches of a board", () => {
  let board: readonly [Trace, Aggregate]
  beforeAll(async () => {
    board = await real({
      workload: "bert-base",
      machine: "a100-pcie-80gb",
      pattern: { n: 2, m: 4 },
      batch: 8,
    })
  })

  it("fill waves of slots, the last perhaps in part", () => {
    const found = kernelLaunches(...board)
    expect(found?.launches.length).toBeGreaterThan(50)
    for (const { blocks, slots, waves, empty, kernel } of found?.launches ?? []) {
      expect(waves).toBe(Math.ceil(blocks / slots))
      expect(empty).toBeCloseTo(1 - blocks / (slots * waves), 12)
      expect(kernel).toMatch(/^cu(?:BLASLt|SPARSELt)/)
    }
  })

  it("are the best of their library: the next best takes as long or longer", () => {
    const found = kernelLaunches(...board)
    const others = found?.launches.flatMap(({ runnerUp }) => (runnerUp === undefined ? [] : [runnerUp])) ?? []
    expect(others.length).toBe(found?.launches.length)
    expect(Math.min(...others.map(({ ratio }) => ratio))).toBeGreaterThanOrEqual(0.999)
  })

  it("are grouped without one being lost", () => {
    const found = kernelLaunches(...board)
    const sum = found?.groups.reduce((total, { launches }) => total + launches, 0)
    expect(sum).toBe(found?.launches.length)
  })
})

describe("the operators of a core", () => {
  it("have causes that sum to their cycles, and a cache that holds what they work on", async () => {
    const [trace, run] = await real({
      workload: "mobilenet-v1",
      machine: "snapdragon-835",
      unstructured: { zeros: 0.9, block: 1 },
    })
    const found = coreOperators(trace, run)
    expect(found?.caches.map(({ name }) => name)).toEqual(["L1", "last cache"])
    for (const { causes, cycles, weights, input, output, fits } of found?.operators ?? []) {
      expect(causes.reduce((sum, cause) => sum + cause.cycles, 0)).toBe(cycles)
      const held = found?.caches.find(({ name }) => name === fits)?.bytes ?? Number.POSITIVE_INFINITY
      expect(weights + input + output).toBeLessThanOrEqual(held)
    }
    const cycles = found?.operators.reduce((sum, operator) => sum + operator.cycles, 0)
    expect(cycles).toBe(run.cycles)
  })
})

it("is nothing on a run that knows of neither", () => {
  const trace = smallTraining()
  expect(kernelLaunches(trace, aggregate(trace))).toBeUndefined()
  expect(coreOperators(trace, aggregate(trace))).toBeUndefined()
})
