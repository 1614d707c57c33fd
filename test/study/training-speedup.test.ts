/** The study of speed-ups: within its bounds, repeatable, and honest about what it hinges on. */
import { describe, expect, it } from "vitest"
import { loadArrayMachine } from "../../arch/machine-catalogue.ts"
import { machineNumbers } from "../../arch/machine.ts"
import {
  paperNetworks,
  quantile,
  type StudyResult,
  trainingSpeedupStudy,
} from "../../src/study/training-speedup.ts"
import { sampleMachines, unknownNumbers, valueAt } from "../../src/study/machine-samples.ts"

const machine = loadArrayMachine("sat-vcu1525")

const study = (n: number, m: number, samples: number): StudyResult =>
  trainingSpeedupStudy({
    machine,
    method: "bdwp",
    pattern: { n, m },
    networks: paperNetworks,
    samples,
    seed: 1,
    tornado: samples > 0,
  })

describe("machines drawn from the ranges of unknown numbers", () => {
  it("stay inside every range, cover it evenly, and leave known numbers alone", () => {
    const samples = sampleMachines(machine, 20, 7)
    for (const number of unknownNumbers(machine)) {
      const [low, high] = number.range ?? [0, 0]
      const values = samples.map(
        (sample) => machineNumbers(sample).find(({ path }) => path === number.path)?.value ?? Number.NaN,
      )
      for (const value of values) {
        expect(value).toBeGreaterThanOrEqual(low)
        expect(value).toBeLessThanOrEqual(high)
      }
      const middle = valueAt(number, 0.5)
      expect(values.filter((value) => value <= middle).length).toBeGreaterThanOrEqual(9)
      expect(values.filter((value) => value >= middle).length).toBeGreaterThanOrEqual(9)
    }
    for (const sample of samples) expect(sample.sore.lanes).toEqual(machine.sore.lanes)
  })

  it("are the same for the same seed and others for another", () => {
    expect(sampleMachines(machine, 3, 5)).toEqual(sampleMachines(machine, 3, 5))
    expect(sampleMachines(machine, 3, 5)).not.toEqual(sampleMachines(machine, 3, 6))
  })
})

describe("the speed-up of BDWP over dense training on SAT", () => {
  it("lies between 1 and the bound by operations for every network, at 2:4, 2:8 and 2:16", () => {
    for (const m of [4, 8, 16]) {
      for (const { value, operationBound } of study(2, m, 0).rows) {
        expect(value).toBeGreaterThan(1)
        expect(value).toBeLessThanOrEqual(operationBound)
      }
    }
  })

  it("has the published mean of 1.75× inside its 5–95 % interval at 2:8", () => {
    const { mean, rows } = study(2, 8, 40)
    expect(mean.p5).toBeLessThan(1.75)
    expect(mean.p95).toBeGreaterThan(1.75)
    for (const { p5, median, p95 } of rows) {
      expect(p5).toBeLessThanOrEqual(median)
      expect(median).toBeLessThanOrEqual(p95)
    }
  })

  it("names the numbers it hinges on, most influential first", () => {
    const { tornado } = study(2, 8, 2)
    const widths = tornado.map(({ atLow, atHigh }) => Math.abs(atHigh - atLow))
    expect(widths).toEqual(widths.toSorted((a, b) => b - a))
    expect(widths[0]).toBeGreaterThan(0.05)
    expect(tornado.map(({ path }) => path).toSorted()).toEqual(
      unknownNumbers(machine)
        .map(({ path }) => path)
        .toSorted(),
    )
  })
})

describe("a quantile", () => {
  it("interpolates between order statistics (R-7): of 1, 2, 3, 4 the quarter is 1.75", () => {
    expect(quantile([4, 1, 3, 2], 0.25)).toBe(1.75)
    expect(quantile([4, 1, 3, 2], 1)).toBe(4)
  })
})
