/** The AArch64 text of the kernels, assembled and run under qemu where the tools are, against the naive product. */
import { describe, expect, it } from "vitest"
import { type GemmVariant, gemmKernel } from "../../dataflows/kernel/gemm-kernel.ts"
import { fitsNeon, neonText } from "../../dataflows/kernel/neon-text.ts"
import { randomLayer } from "../../dataflows/kernel/random-layer.ts"
import { spmmKernel, type SpmmVariant } from "../../dataflows/kernel/spmm-kernel.ts"
import { prepareCall } from "../../src/kernel/layer-in-memory.ts"
import { assembleForQemu, missingTool } from "./run-under-qemu.ts"
import { wrongOutput } from "./wrong-output.ts"

const limits = { least: -0.75, greatest: 1.5 } as const

const variants: readonly SpmmVariant[] = ([4, 8, 16, 32, 64] as const).flatMap((pixels) =>
  ([1, 2, 4] as const).flatMap((blockRows) =>
    ([1, 2] as const).flatMap((unroll) =>
      (["plain", "pipelined"] as const).map((schedule) => ({ pixels, blockRows, unroll, schedule })),
    ),
  ),
)
const fitting = variants.filter((variant) => fitsNeon(spmmKernel(variant)))

const missing = missingTool()
if (missing !== undefined) {
  process.stderr.write(`AArch64 kernels are assembled but not run: ${missing} is not here\n`)
}

describe("AArch64 text", () => {
  it("takes the kernels of ARM libraries and refuses those with more registers than there are", () => {
    const names = fitting.map(({ pixels, blockRows }) => `${pixels}x${blockRows}`)
    expect(names).toEqual(expect.arrayContaining(["16x1", "16x2", "16x4", "32x1", "32x2"]))
    expect(() => neonText(spmmKernel({ pixels: 64, blockRows: 4, unroll: 1, schedule: "plain" }))).toThrow(
      /AArch64 leaves 27 and 32/,
    )
  })

  it("has for a kept column of 16x1 four loads, four fused multiply-adds, a delta and a weight", () => {
    const text = neonText(spmmKernel({ pixels: 16, blockRows: 1, unroll: 1, schedule: "plain" }))
    const loop = text.split(/:\n/).find((block) => block.includes("ldrsw") && block.includes("fmla")) ?? ""
    const count = (op: string): number => loop.split("\n").filter((line) => line.trim().startsWith(op)).length
    expect({ ldr: count("ldr q"), fmla: count("fmla"), ldrsw: count("ldrsw"), ld1r: count("ld1r") }).toEqual({
      ldr: 4,
      fmla: 4,
      ldrsw: 1,
      ld1r: 1,
    })
  })
})

describe.skipIf(missing !== undefined)("AArch64 kernels under qemu", () => {
  it("equal the naive product, sparse, with all remainders", () => {
    const layer = randomLayer({ pixels: 127, cin: 29, cout: 11 }, 0.7, 9)
    const kernels = assembleForQemu(fitting.map(spmmKernel), 1 << 17)
    for (const variant of fitting) {
      const call = prepareCall(kernels, layer, limits, 64, { kind: "sparse", variant })
      call.run()
      expect([variant, wrongOutput(call.output(), layer, limits)]).toEqual([variant, undefined])
    }
  })

  it("equal it when rows are empty and when nothing is zero", () => {
    const variant: SpmmVariant = { pixels: 16, blockRows: 1, unroll: 1, schedule: "pipelined" }
    const kernels = assembleForQemu([spmmKernel(variant)], 1 << 17)
    for (const sparsity of [0, 0.97, 1]) {
      const layer = randomLayer({ pixels: 21, cin: 13, cout: 9 }, sparsity, 2)
      const call = prepareCall(kernels, layer, limits, 64, { kind: "sparse", variant })
      call.run()
      expect([sparsity, wrongOutput(call.output(), layer, limits)]).toEqual([sparsity, undefined])
    }
  })

  it("equal the naive product, dense, whole tiles or not, near strides and far ones", () => {
    for (const cin of [24, 1_100]) {
      const layer = randomLayer({ pixels: 13, cin, cout: 19 }, 0, 4)
      const gemms = ([4, 5, 6] as const).flatMap((pixels) =>
        ([1, 4] as const).map((unroll): GemmVariant => ({ pixels, unroll, cin })),
      )
      const kernels = assembleForQemu(gemms.map(gemmKernel), 1 << 19)
      for (const variant of gemms) {
        const call = prepareCall(kernels, layer, limits, 64, { kind: "dense", variant })
        call.run()
        expect([variant, wrongOutput(call.output(), layer, limits)]).toEqual([variant, undefined])
      }
    }
  })
})
