/** The time of a GEMM on a board: what must hold whatever was fitted. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { GpuMachine } from "../../../../arch/machine.ts"
import { loadGpuMachine, type Override } from "../../../../arch/machine-catalogue.ts"
import { gemmBoard } from "../../../../sim/gpu/gemm/gemm-board.ts"
import { type GpuGemm, operandBytes } from "../../../../sim/gpu/gemm/gemm-request.ts"
import { type GemmTime, gemmTime, kernelsFor } from "../../../../sim/gpu/gemm/gemm-time.ts"
import { kernelTime } from "../../../../sim/gpu/gemm/kernel-time.ts"
import { kernelFamily } from "../../../../sim/gpu/gemm/kernel-families.ts"

const boards = ["a100-pcie-80gb", "h100-pcie", "rtx-4090", "rtx-5080", "b200", "gb10", "rtx-3060"] as const

const size = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.integer({ min: 1, max: 600 }).map((n) => n * 64),
  fc.constantFrom(1, 64, 128, 4096, 16384),
)
const anyGemm = fc
  .record({
    m: size,
    n: size,
    k: size,
    dtype: fc.constantFrom("fp16" as const, "bf16" as const, "int8" as const),
    sparsity: fc.constantFrom("dense" as const, "2:4" as const),
  })
  .map((gemm): GpuGemm => ({
    ...gemm,
    outDtype: "bf16",
    library: gemm.sparsity === "dense" ? "cublaslt" : "cusparselt",
  }))
const anyBoard = fc.constantFrom(...boards)

const on = (machine: GpuMachine, gemm: GpuGemm): GemmTime =>
  gemmTime(gemm, gemmBoard(machine), kernelFamily(machine, gemm))
const timeOn = (board: string, gemm: GpuGemm, overrides: readonly Override[] = []): number =>
  on(loadGpuMachine(board, overrides), gemm).best.time

describe("the best kernel", () => {
  it("takes at least the launch floor and at least as long as each resource is busy", () => {
    fc.assert(
      fc.property(anyBoard, anyGemm, (board, gemm) => {
        const machine = loadGpuMachine(board)
        const { best, second } = on(machine, gemm)
        const family = kernelFamily(machine, gemm)
        expect(best.time).toBeGreaterThanOrEqual(family.launchFloor)
        for (const busy of Object.values(best.resources)) {
          expect(best.mainLoop).toBeGreaterThanOrEqual(busy * (1 - 1e-9))
        }
        expect(second?.time ?? best.time).toBeGreaterThanOrEqual(best.time)
      }),
    )
  })

  it("and the second are those that timing every kernel of the catalogue to the end finds", () => {
    fc.assert(
      fc.property(anyBoard, anyGemm, (id, gemm) => {
        const machine = loadGpuMachine(id)
        const board = gemmBoard(machine)
        const family = kernelFamily(machine, gemm)
        const bytes = operandBytes(gemm)
        const times = kernelsFor(gemm, board, family)
          .map(({ tile, split }) => kernelTime(gemm, bytes, board, family, tile, split)?.time ?? Number.NaN)
          .toSorted((a, b) => a - b)
        const { best, second } = gemmTime(gemm, board, family)
        expect([best.time, second?.time]).toEqual([times[0], times[1]])
      }),
    )
  })

  it("is made of its parts", () => {
    fc.assert(
      fc.property(anyBoard, anyGemm, (board, gemm) => {
        const { best } = on(loadGpuMachine(board), gemm)
        const parts =
          best.launch + best.launchWait + best.mainLoop + best.fill + best.epilogue + best.reduction
        expect(parts / best.time).toBeCloseTo(1, 9)
        expect(best.launchWait).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it("issues every multiplication, and no SM issues more than its share of padded tiles", () => {
    fc.assert(
      fc.property(anyBoard, anyGemm, (board, gemm) => {
        const machine = loadGpuMachine(board)
        const { best } = on(machine, gemm)
        expect(best.issuedMacs).toBeGreaterThanOrEqual(gemm.m * gemm.n * gemm.k)
        expect(best.busiestSmMacs * machine.sms.value).toBeGreaterThanOrEqual(best.issuedMacs)
      }),
    )
  })

  it("never runs faster than the tensor peak", () => {
    fc.assert(
      fc.property(anyBoard, anyGemm, (board, gemm) => {
        const machine = loadGpuMachine(board)
        const { best } = on(machine, gemm)
        const rate = machine.family.tensor[gemm.dtype].value * (gemm.sparsity === "dense" ? 1 : 2)
        const least = (gemm.m * gemm.n * gemm.k) / (rate * machine.sms.value * best.fullClock)
        expect(best.time).toBeGreaterThanOrEqual(least)
      }),
    )
  })
})

describe("more of the machine", () => {
  it.each([
    ["DRAM bandwidth", "dram.bandwidth"],
    ["power", "power.limit"],
    ["launch overhead less", "family.gemm.kernels.dense16.launchGap"],
  ])("(%s) never makes a GEMM slower", (what, path) => {
    fc.assert(
      fc.property(anyGemm, fc.double({ min: 1.05, max: 3, noNaN: true }), (gemm, factor) => {
        const before = loadGpuMachine("h100-pcie")
        const value = path
          .split(".")
          .reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], before) as {
          readonly value: number
        }
        const better = what.endsWith("less") ? value.value / factor : value.value * factor
        expect(timeOn("h100-pcie", gemm, [{ path, value: better }])).toBeLessThanOrEqual(
          timeOn("h100-pcie", gemm) * (1 + 1e-3),
        )
      }),
    )
  })
})

describe("2:4", () => {
  it("reads fewer weight bytes than dense, metadata included", () => {
    for (const dtype of ["fp16", "int8"] as const) {
      const of = (sparsity: GpuGemm["sparsity"]) =>
        operandBytes({ m: 1, n: 1, k: 1, dtype, outDtype: "bf16", sparsity, library: "cublaslt" })
      const { weightValues, metadata } = of("2:4")
      expect(weightValues + metadata).toBe(dtype === "fp16" ? 1.125 : 0.625)
      expect(weightValues + metadata).toBeLessThan(of("dense").weightValues)
    }
  })

  const square = (n: number, sparsity: GpuGemm["sparsity"]): GpuGemm => ({
    m: n,
    n,
    k: n,
    dtype: "fp16",
    outDtype: "fp16",
    sparsity,
    library: sparsity === "dense" ? "cublaslt" : "cusparselt",
  })
  const speedup = (board: string, n: number): number =>
    timeOn(board, square(n, "dense")) / timeOn(board, square(n, "2:4"))

  it("is not twice as fast: below 512³ it gains nothing, on any board measured", () => {
    for (const board of ["a100-pcie-80gb", "h100-pcie", "rtx-4090"]) {
      expect(speedup(board, 256)).toBeLessThan(1.1)
    }
  })

  it("gains less at 16384³ than at 4096³ on an A100 PCIe, whose sparse kernels re-read wide weights", () => {
    expect(speedup("a100-pcie-80gb", 16384)).toBeLessThan(speedup("a100-pcie-80gb", 4096))
  })

  it("gains more on a board with half-rate fp32 accumulation (RTX 4090) than on an H100 PCIe under its power limit", () => {
    expect(speedup("rtx-4090", 8192)).toBeGreaterThan(speedup("h100-pcie", 8192))
  })
})

describe("fewer multiplications", () => {
  it("are not always faster: one row less than a tile costs the same", () => {
    const of = (m: number): number =>
      timeOn("a100-pcie-80gb", {
        m,
        n: 4096,
        k: 4096,
        dtype: "fp16",
        outDtype: "fp16",
        sparsity: "dense",
        library: "cublaslt",
      })
    expect(of(4095)).toBeCloseTo(of(4096), 6)
  })
})
