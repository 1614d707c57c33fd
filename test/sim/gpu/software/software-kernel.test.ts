/** Software sparse kernels: what must hold whatever was fitted, what their authors state, and beliefs that are false. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { UnsupportedError } from "../../../../arch/errors.ts"
import { gpuKernelLibraryIds } from "../../../../arch/gpu-kernel-catalogue.ts"
import { loadGpuMachine } from "../../../../arch/machine-catalogue.ts"
import type { KernelTime } from "../../../../sim/gpu/software/kernel-time.ts"
import { softwareKernels, softwareKernelTime } from "../../../../sim/gpu/software/software-kernel.ts"
import type { SoftwareSparsity } from "../../../../sim/gpu/software/software-product.ts"

const dense: SoftwareSparsity = { kind: "dense" }
const nm = (n: number, m: number): SoftwareSparsity => ({ kind: "n:m", n, m })
const unstructured = (density: number): SoftwareSparsity => ({ kind: "unstructured", density })

const time = (
  library: string,
  [m, n, k]: readonly [number, number, number],
  sparsity: SoftwareSparsity,
  board = "rtx-3090",
): KernelTime => softwareKernelTime(loadGpuMachine(board), library, { m, n, k, sparsity })

const shape = fc.tuple(
  fc.integer({ min: 2, max: 32 }).map((x) => 128 * x),
  fc.integer({ min: 2, max: 32 }).map((x) => 128 * x),
  fc.integer({ min: 2, max: 64 }).map((x) => 128 * x),
)
const fp32Board = fc.constantFrom("a100-pcie-80gb", "rtx-3090", "rtx-4090")

/** A library with two sparsities, the first no denser than the second. */
const sparserAndDenser = fc.constantFrom<readonly [string, SoftwareSparsity, SoftwareSparsity]>(
  ["Spatha V:N:M SpMM", nm(2, 16), nm(2, 8)],
  ["Spatha V:N:M SpMM", nm(2, 40), nm(2, 20)],
  ["nmSPARSE", nm(4, 32), nm(16, 32)],
  ["NM-SpMM", nm(4, 32), nm(16, 32)],
  ["Sputnik", unstructured(0.125), unstructured(0.5)],
)

describe("a software kernel", () => {
  it("takes as long as its slowest resource and its launch, and no less than both", () => {
    fc.assert(
      fc.property(shape, sparserAndDenser, (size, [library, sparsity]) => {
        const { total, launch, resources } = time(library, size, sparsity)
        const slowest = Math.max(resources.compute, resources.sharedMemory, resources.l2, resources.dram)
        expect(total).toBeGreaterThanOrEqual((launch + slowest) * (1 - 1e-9))
        expect(Number.isFinite(total)).toBe(true)
      }),
    )
  })

  it("issues every kept multiplication", () => {
    fc.assert(
      fc.property(shape, sparserAndDenser, (size, [library, sparsity]) => {
        const { operations } = time(library, size, sparsity)
        expect(operations.issued).toBeGreaterThanOrEqual(operations.kept * (1 - 1e-9))
        expect(operations.kept).toBeLessThanOrEqual(operations.denseEquivalent)
        expect(operations.denseEquivalent).toBe(size[0] * size[1] * size[2])
      }),
    )
  })

  it("is no slower on fewer weights", () => {
    fc.assert(
      fc.property(shape, sparserAndDenser, (size, [library, sparser, denser]) => {
        expect(time(library, size, sparser).total).toBeLessThanOrEqual(
          time(library, size, denser).total * (1 + 1e-9),
        )
      }),
    )
  })

  it("says what the second best of its catalogue would cost, which is no less", () => {
    const { total, runnerUp } = time("Spatha V:N:M SpMM", [1024, 4096, 4096], nm(2, 8))
    expect(runnerUp?.total).toBeGreaterThanOrEqual(total)
  })

  it("has its constants in a file, and every file a kernel", () => {
    const used = new Set(Object.values(softwareKernels).map(({ library }) => library))
    expect([...used].toSorted()).toEqual(gpuKernelLibraryIds())
  })

  it.each([
    ["Spatha V:N:M SpMM", dense, "rtx-3090", /2:M|N:M/],
    ["cuBLAS SGEMM", nm(2, 4), "rtx-3090", /dense/],
    ["Sputnik", nm(2, 4), "rtx-3090", /unstructured/],
    ["Spatha V:N:M SpMM", nm(2, 8), "h100-pcie", /nothing is measured/],
    ["cuBLASS", dense, "rtx-3090", /cuBLASS/],
  ])("%s refuses what it cannot run: %j on %s", (library, sparsity, board, says) => {
    const run = (): unknown => time(library, [256, 256, 256], sparsity, board)
    expect(run).toThrow(UnsupportedError)
    expect(run).toThrow(says)
  })
})

describe("column locations", () => {
  it("never cost time when they are staged in shared memory", () => {
    fc.assert(
      fc.property(shape, fc.constantFrom(4, 8, 16, 32, 100), (size, m) => {
        const staged = time("Spatha V:N:M SpMM", size, nm(2, m)).total
        const not = time("Spatha without column-loc (ablation)", size, nm(2, m)).total
        expect(staged).toBeLessThanOrEqual(not * (1 + 1e-9))
      }),
    )
  })
})

describe("what authors state of kernels that no case measures", () => {
  const [n, k] = [8192, 8192]
  const fp16Bytes = (batch: number): number => {
    const { total } = time("cuBLAS GemmEx", [batch, n, k], dense)
    return total
  }

  it("4-bit weights are read about 4 times as fast as 16-bit ones at batch 1, 2:4 ones about 5 times", () => {
    // From bytes alone: 16 / 4.125 and 16 / 3.125 bits a weight; Marlin states about 4, Sparse-Marlin about 5.3.
    const bytes = (library: string, sparsity: SoftwareSparsity): number =>
      time(library, [1, n, k], sparsity).traffic.dram
    const fp16 = 2 * n * k
    expect(fp16 / bytes("Marlin", dense)).toBeCloseTo(3.9, 1)
    expect(fp16 / bytes("Sparse-Marlin", nm(2, 4))).toBeCloseTo(5.1, 1)
  })

  it("the gain falls to about 2 at large batch, where Sparse-Marlin has twice the dense rate", () => {
    const gain = fp16Bytes(4096) / time("Sparse-Marlin", [4096, n, k], nm(2, 4)).total
    expect(gain).toBeGreaterThan(1.4)
    expect(gain).toBeLessThan(2.6)
  })

  it("blocks of a quarter of the weight give about twice the speed, at half the rate", () => {
    const gain = fp16Bytes(4096) / time("pytorch_block_sparse", [4096, n, k], unstructured(0.25)).total
    expect(gain).toBeGreaterThan(1.6)
    expect(gain).toBeLessThan(2.4)
  })
})

describe("it is not true that", () => {
  it("unstructured sparsity of one half is faster than dense on CUDA cores", () => {
    fc.assert(
      fc.property(fp32Board, shape, (board, size) => {
        fc.pre(Math.min(...size) >= 512)
        expect(time("Sputnik", size, unstructured(0.5), board).total).toBeGreaterThan(
          time("cuBLAS SGEMM", size, dense, board).total,
        )
      }),
    )
  })

  it("V:N:M is M/2 times as fast as dense: short reductions leave launch and output", () => {
    const gain =
      time("cuBLAS GemmEx", [1024, 4096, 768], dense).total /
      time("Spatha V:N:M SpMM", [1024, 4096, 768], nm(2, 40)).total
    expect(gain).toBeLessThan(20)
    expect(gain).toBeGreaterThan(1)
  })
})
