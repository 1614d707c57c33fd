/** The traffic formula against a walk over the tiles. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Gemm } from "../../dataflows/gemm.ts"
import { tileSizes, trafficOf } from "../../dataflows/tiling.ts"
import { walkTiles } from "../../sim/sat/tile-walk.ts"
import { mappedGemm, tiling } from "../arbitraries/gemm.ts"
import { runs } from "../arbitraries/runs.ts"

const bytes = { a: 2, b: 3, c: 5, partial: 7 }
const array = { rows: 4, cols: 4, pipelineLatency: 1, accumulateLatency: 1, interleave: 1 }

describe("traffic of a tiled product", () => {
  it("is what the tiles fetch one by one, for every loop order and ragged edge (D21)", () => {
    fc.assert(
      fc.property(mappedGemm, tiling, (mapped, tiles) => {
        const work = { ...mapped, count: 1 }
        const formula = trafficOf(work, tiles, bytes)
        const walk = walkTiles({ work, tiling: tiles, dataflow: "ws", array, bytes, dramBytesPerCycle: 1 })
        expect(walk.aLoadBytes).toBe(formula.aReads)
        expect(walk.bLoadBytes).toBe(formula.bReads)
        expect(walk.storeBytes).toBe(formula.cWrites + formula.partialWrites)
        expect(walk.partialLoadBytes).toBe(formula.partialReads)
      }),
      { numRuns: runs },
    )
  })

  it("moves each operand once when nothing is cut (D28)", () => {
    const traffic = trafficOf({ gemm: { m: 7, n: 8, k: 9 } }, { m: 7, n: 8, k: 9, order: "kmn" }, bytes)
    expect(traffic).toEqual({ aReads: 126, bReads: 216, cWrites: 280, partialWrites: 0, partialReads: 0 })
  })
})

describe("tile sizes", () => {
  it("fit the buffers, and there are none only where the smallest does not (D24)", () => {
    fc.assert(
      fc.property(mappedGemm, fc.integer({ min: 4, max: 4000 }), (work, capacity) => {
        const edges = { m: 4, n: 4, k: 4 }
        const sizes = tileSizes(work, bytes, { a: capacity, b: capacity, c: capacity }, edges)
        const fits = ({ m, n, k }: Gemm): boolean =>
          m * k * bytes.a <= capacity && k * n * bytes.b <= capacity && m * n * bytes.partial <= capacity
        const smallest = {
          m: Math.min(work.gemm.m, 4),
          n: Math.min(work.gemm.n, 4),
          k: Math.min(work.gemm.k, 4),
        }
        expect(sizes.every(fits)).toBe(true)
        expect(sizes.length > 0).toBe(fits(smallest))
      }),
      { numRuns: runs },
    )
  })
})
