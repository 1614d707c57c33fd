/** Software sparse kernels: what must hold whatever was fitted, what their authors state, and beliefs that are false. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { UnsupportedError } from "../../../../arch/errors.ts"
import { gpuKernelLibraryIds } from "../../../../arch/gpu-kernel-catalogue.ts"
import { loadGpuMachine } from "../../../../arch/machine-catalogue.ts"
import type { KernelTime } from "../../../../sim/gpu/software/kernel-time.ts"
import { softwareKernels, softwareKernelTime } from "../../../../sim/gpu/software/software-kernel.ts"
import { keptShare, type SoftwareSparsity } from "../../../../sim/gpu/software/software-product.ts"

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

/** What each library runs, from dense to sparse. */
const sparsities: Readonly<Record<string, readonly SoftwareSparsity[]>> = {
  "Spatha V:N:M SpMM": [4, 5, 7, 8, 10, 16, 20, 32, 40, 64, 100].map((m) => nm(2, m)),
  nmSPARSE: [28, 24, 20, 16, 12, 8, 4].map((n) => nm(n, 32)),
  "NM-SpMM": [28, 24, 20, 16, 12, 8, 4].map((n) => nm(n, 32)),
  Sputnik: [1, 0.75, 0.5, 0.375, 0.25, 0.125, 0.05].map(unstructured),
}

interface Neighbours {
  readonly library: string
  readonly board: string
  readonly denser: SoftwareSparsity
  readonly sparser: SoftwareSparsity
}

/** A library on a board that it is measured on, with two neighbouring sparsities. */
const neighbours = fc.constantFrom(
  ...Object.entries(sparsities).flatMap(([library, list]) =>
    (library.startsWith("Spatha") ? ["rtx-3090"] : ["a100-pcie-80gb", "rtx-3090", "rtx-4090"]).flatMap(
      (board) =>
        list.slice(1).map((sparser, i): Neighbours => ({ library, board, denser: list[i], sparser })),
    ),
  ),
)

/** nmSPARSE runs another kernel at half density, with half the depth: more blocks fit an SM than at 12:32. */
const changesKernel = ({ library, denser }: Neighbours): boolean =>
  library === "nmSPARSE" && denser.kind === "n:m" && denser.n === 16

/** The least seconds that hardware allows: kept products at peak, and compressed values and the output through DRAM. */
const leastSeconds = ({ library, board, sparser }: Neighbours, [m, n, k]: readonly number[]): number => {
  const { clock, sms, dram, family } = loadGpuMachine(board)
  const fp16 = library.startsWith("Spatha")
  const perSm = fp16 ? family.tensor["fp16"].value * family.sparseMultiplier.value : family.sm.simtFp32.value
  // Spatha issues the zeros that 2:4 instructions skip at no cost: its products count half, at twice the rate.
  const kept = keptShare(sparser)
  const issued = fp16 ? 2 * kept : kept
  const bytes = (fp16 ? 2 : 4) * (m * n + kept * (library === "Sputnik" || fp16 ? m * k : n * k))
  return Math.max((m * n * k * issued) / (perSm * sms.value * clock.value), bytes / dram.bandwidth.value)
}

describe("a software kernel", () => {
  it("takes at least its slowest resource and its launch, and at most all of them one after another", () => {
    fc.assert(
      fc.property(shape, neighbours, (size, { library, board, sparser }) => {
        const { total, launch, resources } = time(library, size, sparser, board)
        const { compute, sharedMemory, l2, dram, latency } = resources
        expect(total).toBeGreaterThanOrEqual(
          (launch + Math.max(compute, sharedMemory, l2, dram)) * (1 - 1e-9),
        )
        expect(total).toBeLessThanOrEqual(
          (launch + compute + sharedMemory + l2 + dram + latency) * (1 + 1e-9),
        )
      }),
    )
  })

  it("issues every kept multiplication", () => {
    fc.assert(
      fc.property(shape, neighbours, (size, { library, board, sparser }) => {
        const { operations } = time(library, size, sparser, board)
        expect(operations.issued).toBeGreaterThanOrEqual(operations.kept * (1 - 1e-9))
        expect(operations.kept).toBeLessThanOrEqual(operations.denseEquivalent)
        expect(operations.denseEquivalent).toBe(size[0] * size[1] * size[2])
      }),
    )
  })

  it("is never faster than the hardware", () => {
    fc.assert(
      fc.property(shape, neighbours, (size, pair) => {
        const { total } = time(pair.library, size, pair.sparser, pair.board)
        expect(total).toBeGreaterThanOrEqual(leastSeconds(pair, size) * (1 - 1e-9))
      }),
    )
  })

  it("is no slower on the next sparser pattern, unless that runs another kernel", () => {
    fc.assert(
      fc.property(shape, neighbours, (size, pair) => {
        fc.pre(!changesKernel(pair))
        const { library, board, sparser, denser } = pair
        expect(time(library, size, sparser, board).total).toBeLessThanOrEqual(
          time(library, size, denser, board).total * (1 + 1e-9),
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
  const fp16Seconds = (batch: number): number => time("cuBLAS GemmEx", [batch, n, k], dense).total

  it.each([1, 16])("Marlin is about 4 times as fast as fp16 at batch %i", (batch) => {
    const gain = fp16Seconds(batch) / time("Marlin", [batch, n, k], dense).total
    expect(gain).toBeGreaterThan(3.5)
    expect(gain).toBeLessThan(4.5)
  })

  it.each([1, 16, 32])("Sparse-Marlin is about 5.3 times as fast as fp16 at batch %i", (batch) => {
    const gain = fp16Seconds(batch) / time("Sparse-Marlin", [batch, n, k], nm(2, 4)).total
    expect(gain).toBeGreaterThan(4.3)
    expect(gain).toBeLessThan(6.3)
  })

  it("the gain falls to about 2 at large batch, where Sparse-Marlin has twice the dense rate", () => {
    const gain = fp16Seconds(4096) / time("Sparse-Marlin", [4096, n, k], nm(2, 4)).total
    expect(gain).toBeGreaterThan(1.4)
    expect(gain).toBeLessThan(2.6)
  })

  it("blocks of a quarter of the weight give about twice the speed, at half the rate", () => {
    const gain = fp16Seconds(4096) / time("pytorch_block_sparse", [4096, n, k], unstructured(0.25)).total
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
