/** What operators cost on a core: invariants that hold for any layer, library and board. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { cpuLibrary, cpuLibraryIds } from "../../../../arch/cpu-library.ts"
import { loadCpuMachine } from "../../../../arch/machine-catalogue.ts"
import type { Conv2d } from "../../../../dataflows/operator.ts"
import { coreRates, lanes } from "../../../../sim/cpu/network/core-rates.ts"
import { cyclesOf, type OperatorCost } from "../../../../sim/cpu/network/layer-cost.ts"
import { operatorCost } from "../../../../sim/cpu/network/operator-cost.ts"
import { pixelTiles } from "../../../../sim/cpu/network/pixel-tiles.ts"

const conv = (side: number, inChannels: number, outChannels: number, kernel: number): Conv2d => ({
  kind: "conv2d",
  batch: 1,
  inChannels,
  outChannels,
  inHeight: side,
  inWidth: side,
  kernelHeight: kernel,
  kernelWidth: kernel,
  strideHeight: 1,
  strideWidth: 1,
  dilationHeight: 1,
  dilationWidth: 1,
  padTop: (kernel - 1) / 2,
  padBottom: (kernel - 1) / 2,
  padLeft: (kernel - 1) / 2,
  padRight: (kernel - 1) / 2,
  groups: 1,
})

const layer = fc
  .tuple(
    fc.integer({ min: 1, max: 60 }),
    fc.integer({ min: 5, max: 600 }),
    fc.integer({ min: 1, max: 600 }),
    fc.constantFrom(1, 3),
  )
  .map(([side, input, output, kernel]) => ({ id: "layer", op: conv(side, input, output, kernel) }))
const zeros = fc.double({ min: 0.01, max: 0.99, noNaN: true })
const block = fc.constantFrom(1 as const, 2 as const, 4 as const)
const board = fc.constantFrom("snapdragon-835", "rpi4", "rpi3", "rk3588")
const library = fc.constantFrom(...cpuLibraryIds())

const cost = (
  at: { readonly id: string; readonly op: Conv2d },
  sparsity: Parameters<typeof operatorCost>[1],
  machine: string,
  kernels: string,
): OperatorCost => {
  const found = operatorCost(at, sparsity, coreRates(loadCpuMachine(machine), cpuLibrary(kernels)))
  if (found === undefined) throw new Error("a convolution is never folded away")
  return found
}

describe("pixel tiles", () => {
  it("hold every pixel once, in whole tiles and powers of two below one", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), fc.constantFrom(4, 8, 16, 32, 64), (pixels, tile) => {
        const tiles = pixelTiles(pixels, tile)
        expect(tiles.reduce((sum, { pixels: size, count }) => sum + size * count, 0)).toBe(pixels)
        for (const { pixels: size, count } of tiles) {
          expect(Number.isInteger(Math.log2(size))).toBe(true)
          expect(size === tile || count === 1).toBe(true)
        }
      }),
    )
  })

  it("walk the weights of a 7×7 map three times in tiles of 32 pixels, as XNNPACK does", () => {
    expect(pixelTiles(49, 32)).toEqual([
      { pixels: 32, count: 1 },
      { pixels: 16, count: 1 },
      { pixels: 1, count: 1 },
    ])
  })
})

describe("an operator on a core", () => {
  it("spends a finite time, none of its parts negative, and at least its multiply-adds at peak", () => {
    fc.assert(
      fc.property(layer, zeros, block, board, library, (at, share, of, machine, kernels) => {
        const { account, operations } = cost(at, { zeros: share, block: of }, machine, kernels)
        for (const part of Object.values(account)) expect(part).toBeGreaterThanOrEqual(0)
        expect(Number.isFinite(cyclesOf(account))).toBe(true)
        const { fma } = coreRates(loadCpuMachine(machine), cpuLibrary(kernels))
        expect(cyclesOf(account) * fma * lanes).toBeGreaterThanOrEqual((operations?.issued ?? 0) * (1 - 1e-9))
      }),
    )
  })

  it("counts non-zeros up to dense-equivalent, and issues at least the non-zeros", () => {
    fc.assert(
      fc.property(layer, zeros, block, board, library, (at, share, of, machine, kernels) => {
        const { operations } = cost(at, { zeros: share, block: of }, machine, kernels)
        const { denseEquivalent = 0, nonZero = 0, issued = 0 } = operations ?? {}
        expect(nonZero).toBeLessThanOrEqual(denseEquivalent * (1 + 1e-9))
        expect(issued).toBeGreaterThanOrEqual(nonZero * (1 - 1e-9))
      }),
    )
  })

  it("is no slower with fewer weights, once its library runs it sparse", () => {
    fc.assert(
      fc.property(layer, zeros, zeros, block, board, library, (at, one, other, of, machine, kernels) => {
        const threshold = cpuLibrary(kernels).sparse?.threshold.value ?? 0
        const [less, more] = [Math.min(one, other), Math.max(one, other)]
        fc.pre(less >= threshold)
        const time = (share: number): number =>
          cyclesOf(cost(at, { zeros: share, block: of }, machine, kernels).account)
        expect(time(more)).toBeLessThanOrEqual(time(less) * (1 + 1e-9))
      }),
    )
  })

  it("stores a kept weight alone in eight bytes, in a block of four in five each", () => {
    const bytes = (of: 1 | 2 | 4): number =>
      cost({ id: "a", op: conv(14, 512, 512, 1) }, { zeros: 0.5, block: of }, "rpi4", "fastconvnets")
        .weightBytes
    const kept = 512 * 512 * 0.5
    expect(bytes(1)).toBe(kept * 8 + 512 * 8)
    expect(bytes(4)).toBe(kept * 5 + 128 * 8)
  })

  it("runs dense below the threshold of XNNPACK, two thirds of zeros, and sparse above", () => {
    const kernel = (share: number): string =>
      cost({ id: "a", op: conv(14, 512, 512, 1) }, { zeros: share, block: 1 }, "rpi4", "xnnpack").kernel
    expect(kernel(0.66)).toBe("GEMM 6×8")
    expect(kernel(0.67)).toBe("sparse 32×1")
  })
})
