/** Invariants of time on an array: bounds from below and above, partitions, monotonicity, and beliefs that are false. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { foldsOf } from "../../dataflows/folds.ts"
import { keptK } from "../../dataflows/gemm.ts"
import { arrayCycles, arrayTiming } from "../../sim/sat/array-timing.ts"
import { addFilledRectangles, type FilledRectangles } from "../../sim/sat/array-occupancy.ts"
import { walkTiles } from "../../sim/sat/tile-walk.ts"
import { arrayShape, dataflow, mappedGemm, plainArray, tiling } from "../arbitraries/gemm.ts"
import { runs } from "../arbitraries/runs.ts"

const bytes = { a: 2, b: 2, c: 2, partial: 4 }
const gemm = mappedGemm.map(({ gemm }) => gemm)
const plain = (rows: number, cols: number) => ({
  rows,
  cols,
  pipelineLatency: 1,
  accumulateLatency: 1,
  interleave: 1,
})

describe("cycles of one tile", () => {
  it("are the same asked for alone or with their causes", () => {
    fc.assert(
      fc.property(gemm, dataflow, arrayShape, (tile, flow, array) => {
        expect(arrayCycles(tile.m, tile.n, tile.k, flow, array)).toBe(arrayTiming(tile, flow, array).cycles)
      }),
      { numRuns: runs },
    )
  })

  it("are busy plus the stalls, exactly (T36)", () => {
    fc.assert(
      fc.property(gemm, dataflow, arrayShape, (tile, flow, array) => {
        const t = arrayTiming(tile, flow, array)
        expect(t.busy + t.fillDrain + t.stationaryLoad + t.accumulate).toBe(t.cycles)
      }),
      { numRuns: runs },
    )
  })

  it("are at least MACs over multipliers, so that utilisation never exceeds 1 (T31, T35)", () => {
    fc.assert(
      fc.property(gemm, dataflow, arrayShape, (tile, flow, array) => {
        const { cycles, busy } = arrayTiming(tile, flow, array)
        const macs = tile.m * tile.n * tile.k
        expect(array.rows * array.cols * busy).toBeGreaterThanOrEqual(macs)
        expect(cycles).toBeGreaterThanOrEqual(busy)
      }),
      { numRuns: runs },
    )
  })

  it("follow the closed form of a plain array: OS k+R+C−2, WS and IS 2R+C+T−2 a fold (T41)", () => {
    fc.assert(
      fc.property(gemm, dataflow, plainArray, (tile, flow, array) => {
        const { rows, cols } = array
        const folds = foldsOf(tile, flow, rows, cols)
        const fold = flow === "os" ? tile.k + rows + cols - 2 : 2 * rows + cols + folds.steps - 2
        expect(arrayTiming(tile, flow, array).cycles).toBe(folds.rowFolds * folds.colFolds * fold)
      }),
      { numRuns: runs },
    )
  })

  it("never fall when the product grows by one row, column or reduction step (T39)", () => {
    fc.assert(
      fc.property(
        gemm,
        dataflow,
        plainArray,
        fc.constantFrom("m", "n", "k" as const),
        (tile, flow, array, axis) => {
          const larger = { ...tile, [axis]: tile[axis] + 1 }
          expect(arrayTiming(larger, flow, array).cycles).toBeGreaterThanOrEqual(
            arrayTiming(tile, flow, array).cycles,
          )
        },
      ),
      { numRuns: runs },
    )
  })

  it("are constant in m within an output-stationary fold (T40)", () => {
    const at = (m: number): number => arrayTiming({ m, n: 32, k: 100 }, "os", plain(32, 32)).cycles
    expect(at(1)).toBe(at(32))
    expect(at(33)).toBe(2 * at(32))
  })

  it("lose nothing to the adder once as many outputs are interleaved as it has stages", () => {
    const array = { rows: 4, cols: 4, pipelineLatency: 5, accumulateLatency: 5, interleave: 5 }
    const tile = { m: 20, n: 4, k: 50 }
    expect(arrayTiming(tile, "os", array).accumulate).toBe(0)
    // Alone, an output waits 4 cycles after each of its 50 steps but the last: 250 − 4 cycles a fold.
    const single = arrayTiming(tile, "os", { ...array, interleave: 1 })
    expect(single.busy + single.accumulate).toBe(5 * (50 + 49 * 4))
  })
})

describe("a product through double-buffered memories", () => {
  const walked = fc.tuple(
    mappedGemm,
    tiling,
    dataflow,
    arrayShape,
    fc.double({ min: 0.25, max: 64, noNaN: true }),
  )

  it("takes busy plus the stalls, exactly (T36)", () => {
    fc.assert(
      fc.property(walked, ([work, tiles, flow, array, bandwidth]) => {
        const c = walkTiles({
          work,
          tiling: tiles,
          dataflow: flow,
          array,
          bytes,
          dramBytesPerCycle: bandwidth,
        })
        expect(c.busy + c.fillDrain + c.stationaryLoad + c.accumulate + c.dramRead + c.dramWrite).toBe(
          c.cycles,
        )
        expect(Math.min(c.dramRead, c.dramWrite, c.dramBusy)).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: runs },
    )
  })

  it("streams for the cycles of its folds, whose rectangles hold exactly its kept multiplications", () => {
    fc.assert(
      fc.property(walked, ([work, tiles, flow, array, bandwidth]) => {
        const mapped = { work, tiling: tiles, dataflow: flow, array }
        const { busy } = walkTiles({ ...mapped, bytes, dramBytesPerCycle: bandwidth })
        const filled: FilledRectangles = new Map()
        addFilledRectangles(work, { dataflow: flow, tiling: tiles }, array, filled)
        const rectangles = [...filled.values()]
        const sum = (of: (r: (typeof rectangles)[number]) => number): number =>
          rectangles.reduce((total, r) => total + of(r), 0)
        expect(sum((r) => r.cycles)).toBe(busy)
        expect(sum((r) => r.rows * r.cols * r.cycles)).toBe(
          work.count * work.gemm.m * work.gemm.n * keptK(work),
        )
        for (const { rows, cols } of rectangles) {
          expect(rows).toBeLessThanOrEqual(array.rows)
          expect(cols).toBeLessThanOrEqual(array.cols)
        }
      }),
      { numRuns: runs },
    )
  })

  it("takes no less than DRAM or the array alone, and no more than both after one another (T31, T32, T34)", () => {
    fc.assert(
      fc.property(walked, ([work, tiles, flow, array, bandwidth]) => {
        const c = walkTiles({
          work,
          tiling: tiles,
          dataflow: flow,
          array,
          bytes,
          dramBytesPerCycle: bandwidth,
        })
        const compute = c.busy + c.fillDrain + c.stationaryLoad + c.accumulate
        const moved = c.aLoadBytes + c.bLoadBytes + c.partialLoadBytes + c.storeBytes
        expect(c.cycles).toBeGreaterThanOrEqual(compute)
        expect(c.cycles).toBeGreaterThanOrEqual(Math.floor(moved / bandwidth))
        expect(c.cycles).toBeLessThanOrEqual(compute + c.dramBusy)
        expect(c.dramBusy).toBeLessThanOrEqual(c.cycles)
      }),
      { numRuns: runs },
    )
  })

  it("is never slower with more bandwidth, for one and the same schedule (T38)", () => {
    fc.assert(
      fc.property(
        walked,
        fc.double({ min: 1, max: 8, noNaN: true }),
        ([work, tiles, flow, array, bandwidth], more) => {
          const at = (dramBytesPerCycle: number): number =>
            walkTiles({ work, tiling: tiles, dataflow: flow, array, bytes, dramBytesPerCycle }).cycles
          expect(at(bandwidth * more)).toBeLessThanOrEqual(at(bandwidth))
        },
      ),
      { numRuns: runs },
    )
  })

  it("is never faster with a longer latency (T38)", () => {
    fc.assert(
      fc.property(walked, ([work, tiles, flow, array, bandwidth]) => {
        const at = (accumulateLatency: number): number =>
          walkTiles({
            work,
            tiling: tiles,
            dataflow: flow,
            array: { ...array, accumulateLatency, pipelineLatency: array.pipelineLatency + 6 },
            bytes,
            dramBytesPerCycle: bandwidth,
          }).cycles
        expect(at(array.accumulateLatency + 1)).toBeGreaterThanOrEqual(at(array.accumulateLatency))
      }),
      { numRuns: runs },
    )
  })

  it("reads at least every element it uses, and exactly that when one tile holds all (D20, D28)", () => {
    fc.assert(
      fc.property(walked, ([work, tiles, flow, array, bandwidth]) => {
        const { m, n, k } = work.gemm
        const at = (tilingUsed: typeof tiles) =>
          walkTiles({ work, tiling: tilingUsed, dataflow: flow, array, bytes, dramBytesPerCycle: bandwidth })
        const tiled = at(tiles)
        const whole = at({ m, n, k, order: tiles.order })
        const compulsory = work.count * (m * k * bytes.a + k * n * bytes.b)
        expect(whole.aLoadBytes + whole.bLoadBytes).toBe(compulsory)
        expect(whole.partialLoadBytes).toBe(0)
        expect(whole.storeBytes).toBe(work.count * m * n * bytes.c)
        expect(tiled.aLoadBytes + tiled.bLoadBytes).toBeGreaterThanOrEqual(compulsory)
        expect(tiled.storeBytes).toBeGreaterThanOrEqual(work.count * m * n * bytes.c)
        // Every partial sum that leaves comes back (D23).
        expect(tiled.storeBytes - work.count * m * n * bytes.c).toBe(tiled.partialLoadBytes)
      }),
      { numRuns: runs },
    )
  })

  it("issues at least its non-zero MACs, on every tiling (D19)", () => {
    fc.assert(
      fc.property(walked, ([work, tiles, flow, array, bandwidth]) => {
        const c = walkTiles({
          work,
          tiling: tiles,
          dataflow: flow,
          array,
          bytes,
          dramBytesPerCycle: bandwidth,
        })
        const nonZero = work.count * work.gemm.m * work.gemm.n * keptK(work)
        expect(array.rows * array.cols * c.busy).toBeGreaterThanOrEqual(nonZero)
      }),
      { numRuns: runs },
    )
  })
})

describe("commonly believed but false", () => {
  it("cycles fall with array size: 32² takes 70 cycles for 32×32×8, 64² 134, 128² 262", () => {
    const at = (edge: number): number => arrayTiming({ m: 32, n: 32, k: 8 }, "os", plain(edge, edge)).cycles
    expect([at(32), at(64), at(128)]).toEqual([70, 134, 262])
  })

  it("a larger array is at least as fast: 33×33×8 takes 280 cycles on 32² but 252 on 11²", () => {
    const at = (edge: number): number => arrayTiming({ m: 33, n: 33, k: 8 }, "os", plain(edge, edge)).cycles
    expect([at(32), at(11)]).toEqual([280, 252])
  })

  it("more sparsity always means fewer cycles: within one reduction fold of WS it changes nothing", () => {
    const at = (k: number): number => arrayTiming({ m: 100, n: 32, k }, "ws", plain(32, 32)).cycles
    expect(at(8)).toBe(at(32))
  })

  it("the ranking of dataflows is stable: WS beats OS for many rows and loses for few", () => {
    const at = (m: number, flow: "os" | "ws"): number =>
      arrayTiming({ m, n: 32, k: 1024 }, flow, plain(32, 32)).cycles
    expect(at(32, "os")).toBeLessThan(at(32, "ws"))
    expect(at(12_544, "ws")).toBeLessThan(at(12_544, "os") * 1.05)
  })
})
