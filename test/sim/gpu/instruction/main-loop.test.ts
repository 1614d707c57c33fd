/** The main loop of a GEMM: what stages, conflicts and the level that feeds it cost. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { loadGpuMachine, type Override } from "../../../../arch/machine-catalogue.ts"
import { ConfigError, UnsupportedError } from "../../../../arch/errors.ts"
import { copyTiming } from "../../../../sim/gpu/instruction/asynchronous-copy.ts"
import {
  fittingStages,
  type MainLoop,
  mainLoopBytes,
  mainLoopTiming,
} from "../../../../sim/gpu/instruction/main-loop.ts"
import type { MatrixInstruction } from "../../../../sim/gpu/instruction/matrix-instruction.ts"
import { warpMmaCost } from "../../../../sim/gpu/instruction/warp-mma.ts"
import { halfMma as mma } from "../../../fixtures/matrix-instructions.ts"

const a100 = loadGpuMachine("a100-sxm4-80gb")
const h100 = loadGpuMachine("h100-sxm")
const wgmma: MatrixInstruction = { ...mma, op: "wgmma", m: 64, n: 128, aFrom: "shared" }
const loop: MainLoop = {
  instruction: mma,
  tile: { m: 128, n: 128 },
  warps: { m: 2, n: 2 },
  k: 32,
  stages: 3,
  blocks: 1,
  source: "l2",
  ways: 1,
}
/** A board on which copies cost nothing but a cycle or so. */
const endless: readonly Override[] = [
  { path: "family.gemm.l2PerSm", value: 1e6 },
  { path: "family.instructions.memory.l2Latency", value: 1 },
]

describe("a copy", () => {
  it("takes the latency of its level, what TMA adds, and its bytes at the rate of one SM", () => {
    const rate = h100.family.gemm.l2PerSm.value
    const l2 = copyTiming(h100, 8192, "l2", "cp.async")
    expect(l2.interval).toBeCloseTo(8192 / rate, 9)
    expect(l2.latency).toBeCloseTo(263 + 8192 / rate, 9)
    expect(l2.issue).toBe(16)
    expect(copyTiming(h100, 8192, "l2", "tma")).toEqual({
      latency: expect.closeTo(l2.latency + 170, 9),
      interval: l2.interval,
      issue: 1,
    })
    const dram = copyTiming(h100, 8192, "dram", "tma")
    const { bandwidth } = h100.dram
    const perSm = (bandwidth.value * h100.family.dramEfficiency.value) / (h100.sms.value * h100.clock.value)
    expect(dram.interval).toBeCloseTo(8192 / perSm, 9)
  })
})

describe("a main loop", () => {
  it("with nothing to wait for runs at the tensor core's pace within one warp", () => {
    const { cycles, bound } = mainLoopTiming(loadGpuMachine("a100-sxm4-80gb", endless), loop)
    const cost = warpMmaCost(a100, mma)
    // 4 × 8 products in each of 2 steps, 8 ldmatrix a step and the 8 cp.async of a warp's share of the copy.
    const expected = 64 * cost.sameWarpInterval + 16 + 8
    expect(cycles / expected).toBeCloseTo(1, 2)
    expect(bound).toBe("waits")
  })

  it("of two warps on each sub-core hides the gap within one", () => {
    const board = loadGpuMachine("a100-sxm4-80gb", endless)
    const { cycles, bound } = mainLoopTiming(board, { ...loop, blocks: 2 })
    expect(cycles / (2 * 64 * warpMmaCost(a100, mma).interval)).toBeCloseTo(1, 1)
    expect(bound).toBe("tensor")
  })

  it("of two stages waits for the whole way from copy to product; a third hides it", () => {
    const two = mainLoopTiming(a100, { ...loop, stages: 2 })
    const three = mainLoopTiming(a100, loop)
    expect(two.bound).toBe("waits")
    expect(two.cycles).toBeGreaterThan(three.cycles * 1.3)
    expect(mainLoopTiming(a100, { ...loop, stages: 5 }).cycles).toBeLessThanOrEqual(three.cycles)
  })

  it("of one warp has the shared memory and the copies of the SM to itself", () => {
    const single: MainLoop = { ...loop, tile: { m: 64, n: 64 }, warps: { m: 1, n: 1 }, ways: 8 }
    const one = mainLoopTiming(a100, single)
    const four = mainLoopTiming(a100, { ...single, blocks: 4 })
    expect(four.bound).toBe("shared memory")
    expect(one.cycles).toBeLessThan(four.cycles / 1.5)
  })

  it("loads slower with bank conflicts, by as many passes as lanes meet", () => {
    const clean = mainLoopTiming(a100, loop)
    const conflicts = mainLoopTiming(a100, { ...loop, ways: 8 })
    expect(conflicts.cycles).toBeGreaterThan(clean.cycles * 1.5)
  })

  it.each([
    ["mma", loop],
    ["mma of one step", { ...loop, k: 16 }],
  ])("of %s has one copy fewer under way than stages", (_, made) => {
    const far = loadGpuMachine("a100-sxm4-80gb", [
      { path: "family.instructions.memory.l2Latency", value: 1e5 },
    ])
    for (const stages of [2, 3, 4]) {
      expect((mainLoopTiming(far, { ...made, stages }).cycles * (stages - 1)) / 1e5).toBeCloseTo(1, 1)
    }
  })

  it("of wgmma copies into a slot when its last product is through", () => {
    const far: readonly Override[] = [
      { path: "family.gemm.l2PerSm", value: 1e6 },
      { path: "family.instructions.memory.l2Latency", value: 2000 },
    ]
    const made = { ...loop, instruction: wgmma, tile: { m: 64, n: 128 }, warps: { m: 1, n: 1 }, k: 64 }
    for (const stages of [2, 3, 4]) {
      const { cycles } = mainLoopTiming(loadGpuMachine("h100-sxm", far), { ...made, stages })
      // From a copy through L2 and TMA and four products of 64 cycles to the next copy into its slot.
      expect(cycles * stages).toBeCloseTo(2000 + 170 + 4 * 64, -1)
    }
  })

  it("waits in each step for operands from a shared memory that is far", () => {
    const far = [...endless, { path: "family.instructions.memory.sharedLatency", value: 1e4 }]
    const { cycles } = mainLoopTiming(loadGpuMachine("a100-sxm4-80gb", far), { ...loop, stages: 4 })
    expect(cycles / (2 * 1e4)).toBeCloseTo(1, 1)
  })

  it("takes in no more than L2 gives an SM, whatever the warps", () => {
    const slow = loadGpuMachine("a100-sxm4-80gb", [{ path: "family.gemm.l2PerSm", value: 1 }])
    const { cycles, least, stageBytes, bound } = mainLoopTiming(slow, { ...loop, blocks: 2 })
    expect(cycles / (2 * stageBytes)).toBeCloseTo(1, 2)
    expect(least / (2 * stageBytes)).toBeCloseTo(1, 6)
    expect(bound).toBe("copies")
  })

  it("copies half of A and its positions where it is 2:4", () => {
    const sparse = mainLoopTiming(a100, { ...loop, instruction: { ...mma, k: 32, a: "2:4" }, k: 64 })
    expect(sparse.stageBytes).toBe(128 * (64 + 8) + 128 * 64 * 2)
    expect(mainLoopTiming(a100, { ...loop, k: 64 }).stageBytes).toBe(2 * 128 * 64 * 2)
  })

  it("of wgmma reads shared memory in place and is copied by TMA", () => {
    const fed = mainLoopTiming(loadGpuMachine("h100-sxm", endless), {
      ...loop,
      instruction: wgmma,
      warps: { m: 2, n: 1 },
      k: 64,
    })
    expect(fed.engine).toBe("tma")
    expect(fed.cycles / (2 * 4 * 64)).toBeCloseTo(1, 2)
    expect(fed.bound).toBe("tensor")
    expect(fed.shareOfPeak).toBeCloseTo(1, 2)
  })

  it("lists the stages that fit", () => {
    expect(fittingStages(a100, { ...loop, k: 128 })).toEqual([2])
    expect(fittingStages(a100, loop)).toEqual([2, 3, 4, 5, 6, 7, 8])
  })

  it.each([
    ["one stage", { stages: 1 }, /one stage/],
    ["a tile that warps cannot share", { tile: { m: 100, n: 128 } }, /no multiple of 16/],
    ["more shared memory than there is", { stages: 40 }, /655360 bytes/],
    ["sums that no register file holds", { tile: { m: 512, n: 512 }, stages: 2 }, /1048576 bytes/],
    ["a stage shorter than an instruction", { k: 8 }, /no multiple of 16/],
    ["half a warp", { warps: { m: 0.5, n: 1 } }, /whole number|0\.5 warps/],
    ["more lanes than a warp has", { ways: 33 }, /33 lanes/],
  ])("refuses %s", (_, change, says) => {
    expect(() => mainLoopTiming(a100, { ...loop, ...change })).toThrow(ConfigError)
    expect(() => mainLoopTiming(a100, { ...loop, ...change })).toThrow(says)
  })

  it("refuses an instruction that the board lacks, and columns divided among groups of warps", () => {
    const groups = { ...loop, instruction: wgmma, k: 64, warps: { m: 2, n: 1 } }
    expect(() => mainLoopTiming(a100, groups)).toThrow(UnsupportedError)
    expect(() => mainLoopTiming(h100, { ...groups, warps: { m: 1, n: 2 } })).toThrow(
      /2 groups of warps along the columns/,
    )
  })
})

describe("any main loop", () => {
  const anyLoop = fc
    .record({
      rows: fc.constantFrom(1, 2, 4),
      columns: fc.constantFrom(1, 2, 4),
      m: fc.constantFrom(1, 2),
      n: fc.constantFrom(1, 2),
      steps: fc.integer({ min: 1, max: 3 }),
      stages: fc.integer({ min: 2, max: 5 }),
      blocks: fc.integer({ min: 1, max: 3 }),
      source: fc.constantFrom("l2" as const, "dram" as const),
      ways: fc.constantFrom(1, 2, 8),
      a: fc.constantFrom("dense" as const, "2:4" as const),
      board: fc.constantFrom("a100-sxm4-80gb", "rtx-4090", "rtx-3090"),
    })
    .map(({ rows, columns, m, n, steps, a, board, ...rest }) => {
      const k = a === "dense" ? 16 : 32
      const made: MainLoop = {
        ...rest,
        instruction: { ...mma, a, k },
        tile: { m: 16 * rows * m, n: 8 * columns * n },
        warps: { m, n },
        k: k * steps,
      }
      return { board, loop: made }
    })
    .filter(({ board, loop: made }) => {
      const { sharedMemory } = loadGpuMachine(board).family.sm
      return mainLoopBytes(made) <= sharedMemory.value
    })

  it("is stepped within the bounds of the closed form, exactly where a sub-core has one warp", () => {
    fc.assert(
      fc.property(anyLoop, ({ board, loop: made }) => {
        const { cycles, least, most } = mainLoopTiming(loadGpuMachine(board), made)
        expect(cycles).toBeGreaterThanOrEqual(least * (1 - 1e-9))
        expect(cycles).toBeLessThanOrEqual(most * (1 + 1e-9))
        const alone = made.warps.m * made.warps.n * made.blocks <= 4
        expect(alone ? cycles - least : 0).toBeCloseTo(0, 6)
      }),
    )
  })

  it("never beats the tensor peak, and its bound is no faster for fewer stages, more conflicts or DRAM", () => {
    fc.assert(
      fc.property(anyLoop, ({ board, loop: made }) => {
        const machine = loadGpuMachine(board)
        const timing = mainLoopTiming(machine, made)
        expect(timing.shareOfPeak).toBeLessThanOrEqual(1 + 1e-9)
        const worse = [{ ways: 16 }, { source: "dram" as const }, { stages: 2 }]
        for (const change of worse) {
          expect(mainLoopTiming(machine, { ...made, ...change }).least).toBeGreaterThanOrEqual(
            timing.least * (1 - 1e-9),
          )
        }
      }),
    )
  })
})
