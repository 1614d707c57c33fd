/** Kernels write their outputs and nothing beside them. */
import { describe, expect, it } from "vitest"
import { gemmKernel } from "../../dataflows/kernel/gemm-kernel.ts"
import { randomLayer } from "../../dataflows/kernel/random-layer.ts"
import { spmmKernel } from "../../dataflows/kernel/spmm-kernel.ts"
import { assembleKernels } from "../../src/kernel/assemble-kernels.ts"
import { type KernelChoice, layerBytes, prepareCall } from "../../src/kernel/layer-in-memory.ts"

const open = { least: Number.NEGATIVE_INFINITY, greatest: Number.POSITIVE_INFINITY } as const

/** Bytes from the first that a run changes to the last, both included. */
const changedStretch = async (choice: KernelChoice, pixels: number): Promise<number> => {
  const layer = randomLayer({ pixels, cin: 12, cout: 16 }, 0.5, 8)
  const kernel = choice.kind === "sparse" ? spmmKernel(choice.variant) : gemmKernel(choice.variant)
  const kernels = await assembleKernels([kernel], layerBytes(layer))
  const call = prepareCall(kernels, layer, open, 64, choice)
  const before = new Uint8Array(kernels.memory.buffer).slice()
  call.run()
  const after = new Uint8Array(kernels.memory.buffer)
  const changed = (value: number, i: number): boolean => value !== before[i]
  return after.findLastIndex(changed) - after.findIndex(changed) + 1
}

describe("kernels in memory", () => {
  it("change exactly as many bytes as they have outputs, whatever remains of the last tile", async () => {
    for (const pixels of [6, 7, 8, 9, 10, 11, 35]) {
      const outputs = 4 * pixels * 16
      const sparse: KernelChoice = {
        kind: "sparse",
        variant: { pixels: 16, blockRows: 2, unroll: 2, schedule: "pipelined" },
      }
      const stretches = [await changedStretch(sparse, pixels)]
      for (const tile of [4, 5, 6] as const) {
        stretches.push(
          await changedStretch({ kind: "dense", variant: { pixels: tile, unroll: 1, cin: 12 } }, pixels),
        )
      }
      for (const stretch of stretches) {
        expect(stretch).toBeLessThanOrEqual(outputs)
        // The last byte of the last output may be as it was by chance, its word not.
        expect(stretch).toBeGreaterThan(outputs - 8)
      }
    }
  })
})
