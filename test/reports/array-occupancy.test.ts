import { describe, expect, it } from "vitest"
import { aggregate } from "../../reports/aggregate.ts"
import { arrayOccupancy, occupancyBlocks } from "../../reports/array-occupancy.ts"
import { roof, tinyTrace } from "../fixtures/tiny-trace.ts"
import { smallTraining } from "../fixtures/small-training.ts"

const peak = roof({ id: "array", kind: "compute", perCycle: 64, convention: "issued" })

/** Two folds of 10 cycles, one that fills an array of 8 × 8, one that fills its first 4 rows. */
const half = tinyTrace({
  roofs: [peak],
  stages: [
    {
      cycles: 40,
      counts: {
        "filled.8x8/folds": 1,
        "filled.8x8/cycles": 10,
        "filled.4x8/folds": 1,
        "filled.4x8/cycles": 10,
        "time.array/stall.fill-drain": 20,
        "time.array/busy": 20,
      },
    },
  ],
})

describe("the occupancy of an array", () => {
  it("is the mean over streaming cycles of what folds fill", () => {
    const found = arrayOccupancy(half, aggregate(half))
    expect(found).toMatchObject({ rows: 8, cols: 8 })
    expect(found?.maps).toHaveLength(1)
    expect(found?.maps[0].filled).toBe(0.75)
    expect(found?.stages).toMatchObject([{ folds: 2, edgeFolds: 1, filled: 0.75, fillDrain: 0.5 }])
  })

  it("is cut into blocks that are filled alike and together make the whole", () => {
    const found = arrayOccupancy(half, aggregate(half))
    if (found === undefined) throw new Error("no occupancy")
    expect(occupancyBlocks(found, found.maps[0])).toEqual([
      { rows: [0, 4], cols: [0, 8], share: 1 },
      { rows: [4, 8], cols: [0, 8], share: 0.5 },
    ])
    const trace = smallTraining()
    const real = arrayOccupancy(trace, aggregate(trace))
    if (real === undefined) throw new Error("no occupancy")
    for (const map of real.maps) {
      const mean = occupancyBlocks(real, map).reduce(
        (sum, { rows, cols, share }) => sum + (rows[1] - rows[0]) * (cols[1] - cols[0]) * share,
        0,
      )
      expect(mean / (real.rows * real.cols)).toBeCloseTo(map.filled, 12)
    }
  })

  it("is nothing where a trace says nothing of folds", () => {
    const silent = tinyTrace({ roofs: [peak], stages: [{ cycles: 4, counts: { "time.array/busy": 4 } }] })
    expect(arrayOccupancy(silent, aggregate(silent))).toBeUndefined()
  })
})
