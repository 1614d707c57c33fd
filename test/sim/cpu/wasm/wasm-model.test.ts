/** The model of kernels in V8: structure and monotonicity; its accuracy is what `kernel bench` shows. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { builtinWasmMachine } from "../../../../arch/wasm-machine.ts"
import { channelLoop } from "../../../../dataflows/kernel/gemm-kernel.ts"
import { type LoopProfile, loopProfile } from "../../../../dataflows/kernel/loop-profile.ts"
import { blockHeights } from "../../../../dataflows/kernel/pack-sparse-weights.ts"
import { columnLoop, type SpmmVariant, tileCounts } from "../../../../dataflows/kernel/spmm-kernel.ts"
import { loopCycles } from "../../../../sim/cpu/wasm/loop-turn-cycles.ts"
import { linesPerSet, missShare } from "../../../../sim/cpu/cache/column-reuse.ts"
import { denseLayerCycles } from "../../../../sim/cpu/wasm/dense-layer-cycles.ts"
import { loopTurnCycles } from "../../../../sim/cpu/wasm/loop-turn-cycles.ts"
import { sparseLayerCycles } from "../../../../sim/cpu/wasm/sparse-layer-cycles.ts"
import { sparseLayerEvents } from "../../../../sim/cpu/wasm/sparse-layer-events.ts"

const { numbers } = builtinWasmMachine()

const plain = (pixels: SpmmVariant["pixels"]): SpmmVariant => ({
  pixels,
  blockRows: 1,
  unroll: 1,
  schedule: "plain",
})

const profileOf = (variant: SpmmVariant, tile: number = variant.pixels): LoopProfile => {
  const [loop] = columnLoop(variant, tile, variant.blockRows)
  return loopProfile(loop.op === "repeat" ? loop.body : [])
}

const cycles = (
  shape: { readonly pixels: number; readonly cin: number; readonly cout: number },
  counts: Uint32Array,
  variant: SpmmVariant,
): number =>
  sparseLayerCycles(
    sparseLayerEvents({ ...shape, counts, heights: blockHeights(shape.cout, 1) }, variant, numbers),
    numbers,
  ).total

describe("registers of the inner loops", () => {
  it("suffice for 16x1 on x86-64 and not for 32x1, whose accumulators then wait for their own stores", () => {
    expect(profileOf(plain(16)).liveVectors).toBeLessThanOrEqual(numbers.vectorRegisters)
    expect(profileOf(plain(32)).liveVectors).toBeGreaterThan(numbers.vectorRegisters)
    const registersOfArm = { ...numbers, vectorRegisters: 32 }
    expect(loopTurnCycles(profileOf(plain(32)), registersOfArm)).toBeLessThan(
      loopTurnCycles(profileOf(plain(32)), numbers),
    )
  })

  it("are all used by the dense 4x8 kernel, and too few for 5x8 and 6x8", () => {
    const live = ([4, 5, 6] as const).map((pixels) => {
      const [loop] = channelLoop({ pixels, unroll: 1, cin: 64 })
      return loopProfile(loop.op === "repeat" ? loop.body : []).liveVectors
    })
    expect(live).toEqual([15, 18, 21])
    expect(live[0]).toBe(numbers.vectorRegisters)
  })
})

describe("instructions of a kept column", () => {
  it("are a delta, a weight, and a load, a multiply and an add for each vector, three steps and a branch", () => {
    const { instructions, vectorLoads, integerLoads, multiplies } = profileOf(plain(16))
    expect({ instructions, vectorLoads, integerLoads, multiplies }).toEqual({
      instructions: 18,
      vectorLoads: 5,
      integerLoads: 1,
      multiplies: 4,
    })
  })
})

describe("tiles", () => {
  it("cover every pixel once, 49 of them as 3 × 16 + 1", () => {
    expect(tileCounts(49, 16)).toEqual([
      { size: 16, count: 3 },
      { size: 1, count: 1 },
    ])
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.constantFrom(4, 8, 16, 32, 64), (pixels, tile) => {
        const covered = tileCounts(pixels, tile).reduce((sum, { size, count }) => sum + size * count, 0)
        expect(covered).toBe(pixels)
      }),
    )
  })
})

describe("a column of activations in a set-associative cache", () => {
  it("spreads over all sets, or falls into one when channels are a whole number of 4 KiB apart", () => {
    const cache = { sets: 64, lineBytes: 64 }
    expect(new Set(linesPerSet(64, 64, 64 * 49, cache))).toEqual(new Set([1]))
    expect(linesPerSet(64, 64, 4_096, cache)[0]).toBe(64)
  })

  it("counts a line that two channels share once", () => {
    const lines = linesPerSet(4, 16, 16, { sets: 64, lineBytes: 64 })
    expect(lines.reduce((sum, n) => sum + n, 0)).toBe(1)
  })

  it("misses rarely while it fits, and at every use when it does not and nothing is skipped", () => {
    expect(missShare(4, 8, [{ share: 1, density: 0.3 }], 0.02)).toBeLessThan(0.05)
    expect(missShare(16, 8, [{ share: 1, density: 1 }], 0)).toBeGreaterThan(0.99)
  })

  it("misses more with more lines and more traffic, within 0..1", () => {
    const share = fc.double({ min: 0.01, max: 1, noNaN: true })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        share,
        fc.double({ min: 0, max: 2, noNaN: true }),
        (lines, density, passing) => {
          const found = missShare(lines, 8, [{ share: 1, density }], passing)
          expect(found).toBeGreaterThanOrEqual(0)
          expect(found).toBeLessThanOrEqual(1 + 1e-9)
          expect(missShare(lines + 8, 8, [{ share: 1, density }], passing)).toBeGreaterThanOrEqual(
            found - 0.02,
          )
        },
      ),
    )
  })
})

describe("cycles of a sparse layer", () => {
  it("grow with every kept weight", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 2, max: 64 }),
        fc.array(fc.nat({ max: 63 }), { minLength: 1, maxLength: 32 }),
        (pixels, cin, kept) => {
          const counts = Uint32Array.from(kept, (n) => n % cin)
          const shape = { pixels, cin, cout: counts.length }
          const more = counts.slice()
          more[0] += 1
          expect(cycles(shape, more, plain(16))).toBeGreaterThan(cycles(shape, counts, plain(16)))
        },
      ),
    )
  })

  it("are hidden in part where a row is short and its chain slow, never below what issues", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 20, noNaN: true }),
        fc.double({ min: 0.5, max: 20, noNaN: true }),
        fc.integer({ min: 0, max: 200 }),
        fc.double({ min: 0, max: 40, noNaN: true }),
        (issue, chain, turns, hidden) => {
          const found = loopCycles({ issue, chain }, turns, hidden)
          expect(found).toBeGreaterThanOrEqual(turns * issue)
          expect(found).toBeLessThanOrEqual(turns * Math.max(issue, chain) + 1e-9)
          expect(found).toBeGreaterThanOrEqual(turns * Math.max(issue, chain) - hidden - 1e-9)
        },
      ),
    )
    // 32x1 spills: its cost of a kept column in rows of 4 is far below that in rows of 64.
    const perColumn = (kept: number): number =>
      cycles({ pixels: 320, cin: 64, cout: 64 }, new Uint32Array(64).fill(kept), plain(32)) / kept
    const rowsOnly = numbers.rowCycles + 8 * numbers.rowVectorCycles
    expect(perColumn(4) - (640 * rowsOnly) / 4).toBeLessThan(0.8 * (perColumn(64) - (640 * rowsOnly) / 64))
  })

  it("take longer where every channel lies on a page of its own than where pages hold several", () => {
    const counts = new Uint32Array(128).fill(13)
    const perPixel = (pixels: number): number =>
      cycles({ pixels, cin: 128, cout: 128 }, counts, plain(16)) / pixels
    expect(perPixel(1_600)).toBeGreaterThan(1.05 * perPixel(160))
  })

  it("pay for remainders: 49 pixels take more than their share of 64", () => {
    const counts = new Uint32Array(64).fill(16)
    const at = (pixels: number): number => cycles({ pixels, cin: 64, cout: 64 }, counts, plain(16))
    expect(at(49) / at(64)).toBeGreaterThan(49 / 64 + 0.05)
  })

  it("are fewer with 16x1 than with 32x1 on x86-64 from 70 % zeros on, on every layer of MobileNet v1 with 128 inputs or more", () => {
    for (const [pixels, cin, cout] of [
      [784, 128, 256],
      [196, 512, 512],
      [49, 1_024, 1_024],
    ]) {
      for (const sparsity of [0.7, 0.8, 0.9, 0.95]) {
        const counts = new Uint32Array(cout).fill(Math.round(cin * (1 - sparsity)))
        const shape = { pixels, cin, cout }
        expect(cycles(shape, counts, plain(16))).toBeLessThan(cycles(shape, counts, plain(32)))
      }
    }
  })
})

describe("cycles of a dense layer", () => {
  it("never beat two multiplies and two adds a cycle", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 2_000 }),
        fc.integer({ min: 1, max: 1_024 }),
        fc.integer({ min: 1, max: 1_024 }),
        (pixels, cin, cout) => {
          const { total } = denseLayerCycles({ pixels, cout }, { pixels: 4, unroll: 1, cin }, numbers)
          expect((2 * pixels * cin * cout) / total).toBeLessThan(16)
        },
      ),
    )
  })
})
