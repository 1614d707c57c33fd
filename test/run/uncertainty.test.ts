/** Uncertainty bands: what the ranges of unknown numbers do to a result, and nothing else does. */
import fc from "fast-check"
import { energyTableNumbers, withTableNumber } from "../../arch/energy-table-numbers.ts"
import { loadEnergyTable } from "../../arch/energy-catalogue.ts"
import { aggregate } from "../../reports/aggregate.ts"
import { energyReport } from "../../reports/energy.ts"
import { describe, expect, it } from "vitest"
import { loadArrayMachine } from "../../arch/machine-catalogue.ts"
import { type ArrayMachine, machineNumbers } from "../../arch/machine.ts"
import { headlineBands, speedupBand, timeBand } from "../../src/run/headline-bands.ts"
import { prepareRun } from "../../src/run/prepare-run.ts"
import { simulate } from "../../src/run/simulate.ts"
import { type Band, uncertaintyBand } from "../../src/run/uncertainty.ts"
import { specOf } from "./spec-of.ts"

const machine = loadArrayMachine("sat-vcu1525")
const ranged = machineNumbers(machine).filter(
  ({ range, status }) => range !== undefined && status === "assumed",
)

const valueAt = (m: ArrayMachine, path: string): number =>
  machineNumbers(m).find((number) => number.path === path)?.value ?? Number.NaN

/** A weighted sum of some numbers, each as a multiple of its value in the file. */
const linear =
  (weights: ReadonlyMap<string, number>) =>
  (m: ArrayMachine): number =>
    100 + [...weights].reduce((sum, [path, w]) => sum + (w * valueAt(m, path)) / valueAt(machine, path), 0)

const weights = fc
  .dictionary(fc.constantFrom(...ranged.map(({ path }) => path)), fc.double({ min: -5, max: 5, noNaN: true }))
  .map((object) => new Map(Object.entries(object)))

const expectSorted = ({ sensitivities }: Band): void => {
  const swings = sensitivities.map(({ atLow, atHigh }) => Math.abs(atHigh - atLow))
  expect(swings).toEqual(swings.toSorted((a, b) => b - a))
}

describe("a band", () => {
  it("contains the value, its most influential numbers first", () => {
    fc.assert(
      fc.property(weights, (w) => {
        const band = uncertaintyBand(machine, linear(w))
        expect(band.value).toBe(linear(w)(machine))
        expect(band.low).toBeLessThanOrEqual(band.value)
        expect(band.high).toBeGreaterThanOrEqual(band.value)
        expectSorted(band)
      }),
      { numRuns: 100 },
    )
  })

  it("of one number reaches what the result is at both ends of its range", () => {
    // The clock: 200 MHz, between 150 and 300.
    const { low, high, sensitivities } = uncertaintyBand(machine, (m) => m.clock.value / 1e6)
    expect([low, high]).toEqual([150, 300])
    expect(sensitivities[0]).toEqual({ path: "clock", low: 150e6, high: 300e6, atLow: 150, atHigh: 300 })
  })

  it("of a falling result is not upside down: the greatest number gives the least time", () => {
    const { low, high } = uncertaintyBand(machine, (m) => 600 / (m.clock.value / 1e6))
    expect(low).toBeCloseTo(2, 12)
    expect(high).toBeCloseTo(4, 12)
  })

  it("of two numbers adds their factors' logarithms in squares: 8 and 16 make 32 to either side of a power law", () => {
    // Rows and columns: 32, between 16 and 64, so 2^±3 and 2^±4; √(3² + 4²) = 5.
    const { value, low, high } = uncertaintyBand(
      machine,
      (m) => (m.array.rows.value / 32) ** 3 * (m.array.cols.value / 32) ** 4,
    )
    expect(high / value).toBeCloseTo(2 ** 5, 9)
    expect(value / low).toBeCloseTo(2 ** 5, 9)
  })

  it("never reaches zero, however wide the ranges are", () => {
    const wide = { ...machine, clock: { ...machine.clock, range: [1, 1e12] as const } }
    const { low, value } = uncertaintyBand(wide, (m) => 1 / m.clock.value + 1 / m.array.rows.value)
    expect(low).toBeGreaterThan(0)
    expect(low).toBeLessThan(value)
  })

  it("of a result that no unknown number moves is a point", () => {
    const { value, low, high } = uncertaintyBand(machine, () => 42)
    expect([value, low, high]).toEqual([42, 42, 42])
  })

  it("has one sensitivity for every unknown number that moves the result, and none for the others", () => {
    const all = (m: ArrayMachine): number =>
      machineNumbers(m).reduce((sum, { value }) => sum + Math.log1p(value), 0)
    const paths = uncertaintyBand(machine, all).sensitivities.map(({ path }) => path)
    expect(paths.toSorted()).toEqual(ranged.map(({ path }) => path).toSorted())
    expect(paths.length).toBeGreaterThan(10)
    expect(uncertaintyBand(machine, () => 1).sensitivities).toEqual([])
  })
})

describe("a number", () => {
  const clockWith = (change: object): ArrayMachine => ({ ...machine, clock: { ...machine.clock, ...change } })
  const byClock = (m: ArrayMachine): Band => uncertaintyBand(m, (x) => x.clock.value)

  it("without a range changes nothing, however unknown it is", () => {
    const { range: _, ...clock } = machine.clock
    const { low, high, sensitivities } = byClock({ ...machine, clock })
    expect([low, high]).toEqual([200e6, 200e6])
    expect(sensitivities.map(({ path }) => path)).not.toContain("clock")
  })

  it.each(["published", "measured"] as const)("that is %s changes nothing, whatever its range", (status) => {
    const { low, high } = byClock(clockWith({ status }))
    expect([low, high]).toEqual([200e6, 200e6])
  })

  it.each(["assumed", "fitted", "derived"] as const)("that is %s counts", (status) => {
    const { low, high } = byClock(clockWith({ status }))
    expect([low, high]).toEqual([150e6, 300e6])
  })

  it("at an end of its own range moves the result to one side only", () => {
    const { low, high } = byClock(clockWith({ range: [200e6, 300e6] }))
    expect([low, high]).toEqual([200e6, 300e6])
  })
})

describe("the band of a run", () => {
  it("of its time contains the simulated seconds", async () => {
    const run = await prepareRun(specOf({ workload: "resnet9" }))
    const band = timeBand(run)
    expect(band.value).toBeCloseTo(simulate(run).cycles / machine.clock.value, 15)
    expect(band.low).toBeLessThan(band.value)
    expect(band.high).toBeGreaterThan(band.value)
    expectSorted(band)
  })

  it("of its speed-up over dense contains the speed-up, and a faster clock alone buys none", async () => {
    const run = await prepareRun(specOf({ workload: "resnet9", training: "bdwp", pattern: { n: 2, m: 8 } }))
    const band = speedupBand(run)
    expect(band.low).toBeLessThanOrEqual(band.value)
    expect(band.high).toBeGreaterThanOrEqual(band.value)
    expect(band.low).toBeGreaterThan(0)
    expectSorted(band)
    const compute = await prepareRun(
      specOf({
        workload: "resnet9",
        training: "bdwp",
        pattern: { n: 2, m: 8 },
        overrides: [{ path: "dram.bandwidth", value: 1e15 }],
      }),
    )
    const clock = speedupBand(compute).sensitivities.find(({ path }) => path === "clock")
    // A number that moves nothing has no row at all.
    expect(clock?.atHigh ?? 0).toBeCloseTo(clock?.atLow ?? 0, 3)
  })

  it("of numbers set on the command line no longer has their ranges in it", async () => {
    const run = await prepareRun(
      specOf({ workload: "resnet9", overrides: [{ path: "clock", value: 250e6 }] }),
    )
    expect(timeBand(run).sensitivities.map(({ path }) => path)).not.toContain("clock")
  })
})

describe("the bands of a run's headlines", () => {
  it("are those of its time or speed-up alone, and hold its energy", async () => {
    const run = await prepareRun(specOf({ workload: "resnet9", pattern: { n: 2, m: 8 } }))
    const { headline, energy } = headlineBands(run)
    expect(headline).toEqual(speedupBand(run))
    expect(energy.value).toBeCloseTo(energyReport(aggregate(simulate(run).trace))?.total ?? 0, -6)
    expect(energy.low).toBeLessThan(energy.value)
    expect(energy.high).toBeGreaterThan(energy.value)
  })

  it("move prices of the energy table as well as numbers of the machine", async () => {
    const run = await prepareRun(specOf({ workload: "resnet9" }))
    const paths = headlineBands(run).energy.sensitivities.map(({ path }) => path)
    expect(paths).toContain("energy.staticPower")
    expect(paths.filter((path) => path.startsWith("entries."))).not.toEqual([])
  })

  it("replace every number of a table where it stands, and no other", () => {
    const table = loadEnergyTable("gpu-ada-board")
    for (const { path } of energyTableNumbers(table)) {
      const changed = energyTableNumbers(withTableNumber(table, path, 123.5))
      const others = energyTableNumbers(table).filter((number) => number.path !== path)
      expect(changed.find((number) => number.path === path)?.value).toBe(123.5)
      expect(changed.filter((number) => number.path !== path)).toEqual(others)
    }
  })
})
