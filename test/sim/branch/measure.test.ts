import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type BranchBlock, newBranchBlock } from "../../../sim/branch/branch-block.ts"
import { accountOf } from "../../../sim/branch/core/interval-core.ts"
import { drive } from "../../../sim/branch/drive.ts"
import { gshare } from "../../../sim/branch/gshare/gshare.ts"
import {
  type BranchMeasurement,
  Measurement,
  type MeasurementPlan,
} from "../../../sim/branch/measure/measure.ts"
import type { WindowField } from "../../../sim/branch/measure/window-series.ts"
import { selfTestStream } from "../../arbitraries/branch-stream.ts"

const plan: MeasurementPlan = {
  core: {
    width: 4,
    frontEndDepth: 10,
    decodeRedirect: 3,
    windowEntries: 256,
    parallelism: { scale: 1, exponent: 0.5 },
  },
  targetBuffer: { entries: 64, ways: 4 },
  targetCacheEntries: 64,
  returnStackEntries: 8,
  warmUpInstructions: 0,
  windowInstructions: 100,
  worstBranches: 1000,
}

const records = 20_000
const stream = selfTestStream(records)
const predictor = () => gshare({ indexBits: 10, historyBits: 10, initialCounter: 1 })

/** The stream cut into blocks of the given lengths, over and over. */
const blocksOf = (lengths: readonly number[]): readonly BranchBlock[] => {
  const blocks: BranchBlock[] = []
  let from = 0
  for (let i = 0; from < records; i++) {
    const length = Math.min(lengths[i % lengths.length], records - from)
    const block = newBranchBlock(length)
    for (const column of ["pc", "pcHigh", "target", "targetHigh", "flags", "gap"] as const) {
      block[column].set(stream[column].subarray(from, from + length))
    }
    block.length = length
    blocks.push(block)
    from += length
  }
  return blocks
}

const measured = (
  changes: Partial<MeasurementPlan>,
  lengths: readonly number[] = [4096],
): BranchMeasurement => {
  const measurement = new Measurement(predictor(), { ...plan, ...changes })
  for (const block of blocksOf(lengths)) measurement.consume(block)
  return measurement.finish()
}

const misses = drive(predictor(), stream, new Uint8Array(records))

describe("measuring a predictor", () => {
  it("counts what the predictor alone misses, in windows, by static branch and by length of interval", () => {
    const { measured: phase, worst, events } = measured({})
    const inWindows = phase.windows.rows.reduce((sum, row) => sum + row[3], 0)
    const byBranch = worst.reduce((sum, branch) => sum + branch.misses, 0)
    const byInterval = events.flushes.subarray(0, 4097).reduce((sum, n) => sum + n, 0)
    expect([phase.total.mispredictions, inWindows, byBranch, byInterval]).toEqual([
      misses,
      misses,
      misses,
      misses,
    ])
    expect(phase.total.branches).toBe(records)
    expect(phase.writes[0]).toBe(phase.total.conditional)
  })

  it("is the same however the trace is cut into blocks", () => {
    const whole = measured({}, [records])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 5 }), (lengths) => {
        expect(measured({}, lengths)).toEqual(whole)
      }),
      { numRuns: 20 },
    )
  })

  it("keeps the sums, and the number of windows bounded, however fine the windows are", () => {
    const [coarse, fine] = [2000, 1].map((windowInstructions) => measured({ windowInstructions }).measured)
    expect(fine.windows.rows.length).toBeLessThan(512)
    for (const [field, count] of Object.entries(coarse.total)) {
      expect(fine.total[field as WindowField]).toBeCloseTo(count, 6)
    }
  })

  it("tells the warm-up apart: both phases together are the run without one", () => {
    const whole = measured({}).measured.total
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 * records }), (warmUpInstructions) => {
        const { warmUp, measured: rest } = measured({ warmUpInstructions })
        for (const field of ["instructions", "branches", "conditional", "mispredictions", "taken"] as const) {
          expect(warmUp.total[field] + rest.total[field]).toBe(whole[field])
        }
        expect(warmUp.total.instructions).toBe(Math.min(warmUpInstructions, records))
      }),
      { numRuns: 20 },
    )
  })

  it("gives the same cycles from the intervals' histogram as window by window", () => {
    const { measured: phase, events } = measured({})
    const account = accountOf(plan.core, events)
    expect(account.mispredicted).toBeCloseTo(phase.total["cycles.mispredicted"], 6)
    expect(account.indirectTarget).toBeCloseTo(phase.total["cycles.indirect-target"], 6)
    expect(account.returnTarget).toBeCloseTo(phase.total["cycles.return-target"], 6)
    expect(account.mispredicted).toBeGreaterThan(0)
    expect(account.indirectTarget).toBeGreaterThan(0)
    expect(account.returnTarget).toBeGreaterThan(0)
  })
})
