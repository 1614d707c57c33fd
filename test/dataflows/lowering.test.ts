/** Operators as products: every multiply once, in all three passes. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { gemmMacs } from "../../dataflows/gemm.ts"
import { type GemmStage, lower } from "../../dataflows/lowering.ts"
import { type Conv2d, convOutHeight, convOutWidth, forwardMacs } from "../../dataflows/operator.ts"
import { convolution } from "../arbitraries/network.ts"
import { runs } from "../arbitraries/runs.ts"

const macs = (op: Conv2d, stage: GemmStage): number =>
  lower(op, stage).reduce((sum, work) => sum + work.count * gemmMacs(work.gemm), 0)

/** Pairs of an input pixel and a kernel tap that reach an output position or would, were the map larger. */
const reachingPairs = (op: Conv2d): number => {
  const axis = (size: number, pad: number, kernel: number, stride: number, dilation: number): number => {
    let pairs = 0
    for (let i = 0; i < size; i++) {
      for (let r = 0; r < kernel; r++) if ((i + pad - r * dilation) % stride === 0) pairs++
    }
    return pairs
  }
  return (
    axis(op.inHeight, op.padTop, op.kernelHeight, op.strideHeight, op.dilationHeight) *
    axis(op.inWidth, op.padLeft, op.kernelWidth, op.strideWidth, op.dilationWidth)
  )
}

describe("a convolution as products", () => {
  it("multiplies as often forwards and for the weight gradient as the formula says", () => {
    fc.assert(
      fc.property(convolution, (op) => {
        if (op.kind !== "conv2d") return
        expect(macs(op, "FF")).toBe(forwardMacs(op))
        expect(macs(op, "WU")).toBe(forwardMacs(op))
      }),
      { numRuns: runs },
    )
  })

  it("gathers the input gradient from exactly the taps that reach each pixel, for any stride and dilation", () => {
    fc.assert(
      fc.property(convolution, (op) => {
        if (op.kind !== "conv2d") return
        const perPair = (op.batch * op.inChannels * op.outChannels) / op.groups
        expect(macs(op, "BP")).toBe(perPair * reachingPairs(op))
      }),
      { numRuns: runs },
    )
  })

  it("has equal work in all three passes when the stride divides the map", () => {
    const op: Conv2d = {
      kind: "conv2d",
      batch: 2,
      inChannels: 16,
      outChannels: 32,
      inHeight: 56,
      inWidth: 56,
      kernelHeight: 3,
      kernelWidth: 3,
      strideHeight: 2,
      strideWidth: 2,
      dilationHeight: 1,
      dilationWidth: 1,
      padTop: 1,
      padBottom: 1,
      padLeft: 1,
      padRight: 1,
      groups: 1,
    }
    expect(convOutHeight(op) * convOutWidth(op)).toBe(28 * 28)
    expect(macs(op, "BP")).toBe(macs(op, "FF"))
    // 3 × 3 taps over 2 × 2 phases: 1, 2, 2 and 4 taps; the two of equal shape are one product with count 2.
    expect(lower(op, "BP").map(({ gemm, count }) => [gemm.k / 32, count])).toEqual([
      [1, 1],
      [2, 2],
      [4, 1],
    ])
  })

  it("groups weights along input channels forwards and along output channels backwards", () => {
    fc.assert(
      fc.property(convolution, (op) => {
        if (op.kind !== "conv2d") return
        for (const work of lower(op, "FF")) expect(work.groupedLength).toBe(op.inChannels / op.groups)
        for (const work of lower(op, "BP")) expect(work.groupedLength).toBe(op.outChannels / op.groups)
        for (const stage of ["FF", "BP", "WU"] as const) {
          for (const { gemm, groupedLength } of lower(op, stage)) expect(gemm.k % groupedLength).toBe(0)
        }
      }),
      { numRuns: runs },
    )
  })
})

describe("a product of two activations", () => {
  it("has the gradients of its operands as BP and WU, each with the same work", () => {
    const op = { kind: "matmul", count: 12, m: 197, n: 197, k: 64 } as const
    expect(lower(op, "BP")[0].gemm).toEqual({ m: 197, n: 64, k: 197 })
    expect(lower(op, "WU")[0].gemm).toEqual({ m: 64, n: 197, k: 197 })
    for (const stage of ["FF", "BP", "WU"] as const) {
      expect(lower(op, stage)[0].count * gemmMacs(lower(op, stage)[0].gemm)).toBe(forwardMacs(op))
    }
  })
})
