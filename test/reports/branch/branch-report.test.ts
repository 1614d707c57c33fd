import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { aggregate } from "../../../reports/aggregate.ts"
import {
  accuracyOf,
  ipcOf,
  lostShareOf,
  mpkiOf,
  noCounts,
  penaltyOf,
  perfectSpeedupOf,
} from "../../../reports/branch/branch-counts.ts"
import { branchReport } from "../../../reports/branch/branch-report.ts"
import { branchWindows, mergedWindows, phaseCounts } from "../../../reports/branch/branch-windows.ts"
import { attainableIpc } from "../../../reports/branch/instruction-roofline.ts"
import { predictorLabels } from "../../../reports/branch/predictor-labels.ts"
import {
  sampleBranchTrace,
  samplePenalty,
  sampleWidth,
  type SampleWindow,
} from "../../fixtures/sample-branch-trace.ts"

const anyWindow: fc.Arbitrary<SampleWindow> = fc
  .tuple(fc.integer({ min: 1, max: 100_000 }), fc.nat(100), fc.nat(100))
  .map(([instructions, conditional, misses]) => {
    const branches = Math.floor((instructions * conditional) / 100)
    return {
      instructions,
      conditional: branches,
      mispredictions: Math.floor((branches * misses) / 100),
    }
  })
const anyWindows = fc.array(anyWindow, { minLength: 1, maxLength: 40 })

describe("a report of a branch predictor", () => {
  it("has the figures of the measured phase alone", () => {
    const { total, warmUp, measured, energy } = branchReport(
      sampleBranchTrace({ warmUp: [{ instructions: 6000, conditional: 900, mispredictions: 300 }] }),
    )
    expect(warmUp.mispredictions).toBe(300)
    expect(total.instructions).toBe(240_000)
    expect(mpkiOf(total)).toBeCloseTo(900 / 240, 12)
    expect(accuracyOf(total)).toBeCloseTo(1 - 900 / 40_000, 12)
    expect(total.cycles).toBe(240_000 / sampleWidth + 900 * samplePenalty)
    expect(measured.cycles).toBe(total.cycles)
    expect(ipcOf(total)).toBeCloseTo(240_000 / 58_000, 12)
    expect(lostShareOf(total)).toBeCloseTo(18_000 / 58_000, 12)
    expect(perfectSpeedupOf(total)).toBeCloseTo(58 / 40, 12)
    // 40,000 bytes read in the measured phase at 2.5 pJ; the warm-up's 900 are not in it.
    expect(energy?.total).toBe(100_000)
  })

  it("says nothing of nothing", () => {
    expect([mpkiOf, ipcOf, lostShareOf, penaltyOf].map((figure) => figure(noCounts))).toEqual([0, 0, 0, 0])
    expect([accuracyOf(noCounts), perfectSpeedupOf(noCounts)]).toEqual([1, 1])
  })

  it("reads the storage from the settings, or leaves it out", () => {
    expect(branchReport(sampleBranchTrace({ storageBits: 14_345 })).storageBits).toBe(14_345)
    const trace = sampleBranchTrace()
    const silent = { ...trace, manifest: { ...trace.manifest, settings: {} } }
    expect(branchReport(silent).storageBits).toBeUndefined()
  })
})

describe("windows", () => {
  it("follow one another through the whole program", () => {
    fc.assert(
      fc.property(anyWindows, anyWindows, (warmUp, measured) => {
        const windows = branchWindows(aggregate(sampleBranchTrace({ warmUp, windows: measured })))
        let from = 0
        for (const window of windows) {
          expect(window.from).toBe(from)
          from += window.counts.instructions
        }
        expect(windows.map(({ phase }) => phase)).toEqual([
          ...warmUp.map(() => "warm-up"),
          ...measured.map(() => "measured"),
        ])
      }),
    )
  })

  it("keep every count and their phase when neighbours are merged", () => {
    fc.assert(
      fc.property(anyWindows, anyWindows, fc.integer({ min: 1, max: 50 }), (warmUp, measured, most) => {
        const windows = branchWindows(aggregate(sampleBranchTrace({ warmUp, windows: measured })))
        const merged = mergedWindows(windows, most)
        for (const phase of ["warm-up", "measured"] as const) {
          expect(merged.filter((window) => window.phase === phase).length).toBeLessThanOrEqual(most)
          expect(phaseCounts(merged, phase)).toEqual(phaseCounts(windows, phase))
        }
      }),
    )
  })
})

describe("the roofline of instructions", () => {
  it("holds exactly for a core that only mispredictions stop", () => {
    fc.assert(
      fc.property(anyWindows, (windows) => {
        const whole = windows.map((one) => ({ ...one, instructions: one.instructions * sampleWidth }))
        const { roofline } = branchReport(sampleBranchTrace({ windows: whole }))
        for (const point of roofline?.windows ?? []) {
          expect(point.ipc).toBeCloseTo(attainableIpc(sampleWidth, roofline?.penalty ?? 0, point.distance), 9)
        }
      }),
    )
  })

  it("stays below the width, rises with the distance, and is at half the width at the ridge", () => {
    const positive = fc.double({ min: 0.01, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(positive, positive, positive, (width, penalty, distance) => {
        const ipc = attainableIpc(width, penalty, distance)
        expect(ipc).toBeLessThanOrEqual(width)
        expect(attainableIpc(width, penalty, 2 * distance)).toBeGreaterThanOrEqual(ipc)
        expect(attainableIpc(width, penalty, width * penalty) / width).toBeCloseTo(0.5, 9)
      }),
    )
  })

  it("shares the time among the windows, and puts the mean penalty at the run's own", () => {
    const { roofline } = branchReport(sampleBranchTrace())
    expect(roofline?.penalty).toBe(samplePenalty)
    expect(roofline?.ridge).toBe(sampleWidth * samplePenalty)
    expect(roofline?.windows.reduce((sum, { timeShare }) => sum + timeShare, 0)).toBeCloseTo(1, 12)
  })

  it("is left out where the machine states no width", () => {
    const trace = sampleBranchTrace()
    const machine = { ...trace.manifest.machine, roofs: [] }
    expect(branchReport({ ...trace, manifest: { ...trace.manifest, machine } }).roofline).toBeUndefined()
  })
})

describe("names of predictors", () => {
  const named = (id: string, name: string) => sampleBranchTrace({ id, name }).manifest

  it("are those of the machines where they differ", () => {
    expect(predictorLabels([named("a", "gshare"), named("b", "bimodal")])).toEqual(["gshare", "bimodal"])
  })

  it("are never twice the same", () => {
    const someName = fc.constantFrom("gshare", "bimodal")
    fc.assert(
      fc.property(fc.array(fc.tuple(someName, someName), { minLength: 1, maxLength: 8 }), (all) => {
        const labels = predictorLabels(all.map(([id, name]) => named(id, name)))
        expect(new Set(labels).size).toBe(labels.length)
      }),
    )
  })
})
