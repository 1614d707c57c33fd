/** The kernels as V8 runs them, on real data, against the naive product. Nothing is timed here. */
import fc from "fast-check"
import { beforeAll, describe, expect, it } from "vitest"
import { type GemmVariant, gemmKernel } from "../../dataflows/kernel/gemm-kernel.ts"
import { type PointwiseLayer, randomLayer } from "../../dataflows/kernel/random-layer.ts"
import type { OutputLimits } from "../../dataflows/kernel/reference-product.ts"
import { spmmKernel, type SpmmVariant } from "../../dataflows/kernel/spmm-kernel.ts"
import { type AssembledKernels, assembleKernels } from "../../src/kernel/assemble-kernels.ts"
import { type KernelChoice, layerBytes, prepareCall } from "../../src/kernel/layer-in-memory.ts"
import { pointwiseLayer } from "../arbitraries/pointwise-layer.ts"
import { wrongOutput } from "./wrong-output.ts"

const open: OutputLimits = { least: Number.NEGATIVE_INFINITY, greatest: Number.POSITIVE_INFINITY }

const variants: readonly SpmmVariant[] = ([4, 8, 16, 32, 64] as const).flatMap((pixels) =>
  ([1, 2, 4] as const).flatMap((blockRows) =>
    ([1, 2, 4] as const).flatMap((unroll) =>
      (["plain", "pipelined"] as const).map((schedule) => ({ pixels, blockRows, unroll, schedule })),
    ),
  ),
)

const variant = fc.constantFrom(...variants)

const result = (
  kernels: AssembledKernels,
  layer: PointwiseLayer,
  limits: OutputLimits,
  choice: KernelChoice,
): Float32Array => {
  const call = prepareCall(kernels, layer, limits, 64, choice)
  call.run()
  return call.output()
}

let sparse: AssembledKernels

beforeAll(async () => {
  sparse = await assembleKernels(variants.map(spmmKernel), 1 << 20)
})

describe("sparse kernels in V8", () => {
  it("equal the naive product on any shape, sparsity and remainder", () => {
    fc.assert(
      fc.property(pointwiseLayer, variant, (layer, chosen) => {
        const output = result(sparse, layer, open, { kind: "sparse", variant: chosen })
        expect(wrongOutput(output, layer, open)).toBeUndefined()
      }),
      { numRuns: 400 },
    )
  })

  it("equal it for every variant on a layer with all remainders (127 pixels, 21 outputs)", () => {
    const layer = randomLayer({ pixels: 127, cin: 37, cout: 21 }, 0.8, 5)
    for (const chosen of variants) {
      const output = result(sparse, layer, open, { kind: "sparse", variant: chosen })
      expect([chosen, wrongOutput(output, layer, open)]).toEqual([chosen, undefined])
    }
  })

  it("clamp to the limits", () => {
    const layer = randomLayer({ pixels: 35, cin: 16, cout: 6 }, 0.5, 3)
    const limits = { least: 0, greatest: 0.5 }
    for (const chosen of variants.filter(({ pixels }) => pixels === 16)) {
      const output = result(sparse, layer, limits, { kind: "sparse", variant: chosen })
      expect(wrongOutput(output, layer, limits)).toBeUndefined()
      expect(Math.max(...output)).toBe(0.5)
      expect(Math.min(...output)).toBe(0)
    }
  })
})

describe("dense kernels in V8", () => {
  const shape = fc.constantFrom<Omit<GemmVariant, "cin">>(
    ...([4, 5, 6] as const).flatMap((pixels) => ([1, 2, 4] as const).map((unroll) => ({ pixels, unroll }))),
  )

  it("equal the naive product, whole tiles or not", async () => {
    await fc.assert(
      fc.asyncProperty(pointwiseLayer, shape, async (layer, tile) => {
        const gemm: GemmVariant = { ...tile, cin: layer.shape.cin }
        const kernels = await assembleKernels([gemmKernel(gemm)], layerBytes(layer))
        const output = result(kernels, layer, open, { kind: "dense", variant: gemm })
        expect(wrongOutput(output, layer, open)).toBeUndefined()
      }),
      { numRuns: 60 },
    )
  })

  it("clamp to the limits", async () => {
    const layer = randomLayer({ pixels: 9, cin: 16, cout: 11 }, 0, 3)
    const gemm: GemmVariant = { pixels: 4, unroll: 1, cin: 16 }
    const kernels = await assembleKernels([gemmKernel(gemm)], layerBytes(layer))
    const limits = { least: -0.25, greatest: 0.25 }
    const output = result(kernels, layer, limits, { kind: "dense", variant: gemm })
    expect(wrongOutput(output, layer, limits)).toBeUndefined()
  })
})
