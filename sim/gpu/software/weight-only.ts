/** Products of fp16 activations with stored-compressed weights, as Marlin and Sparse-Marlin do them, at small batch. */
import type { GpuMachine } from "../../../arch/machine.ts"
import { boardRates } from "./board-rates.ts"
import { type KernelTime, kernelTime } from "./kernel-time.ts"
import type { ProductShape } from "./product-shape.ts"

export interface WeightOnlyConstants {
  /** Multiply-accumulates per cycle, over the peak with fp32 accumulation; of mma.sp over twice that peak. */
  readonly efficiency: number
  /** Seconds. */
  readonly launch: number
}

export type WeightFormat = "int4" | "int4 2:4"

/**
 * Bits of a weight: 4 with a 16-bit scale for every 128; two of four values of 4 bits with 2 bits of metadata each, 3 bits
 * a weight, with the same scales. 16 / 3.125 = 5.1 is what bounds Sparse-Marlin at batch 1, 16 / 4.125 = 3.9 Marlin.
 */
const scaleBits = 16 / 128
const bitsPerWeight: Readonly<Record<WeightFormat, number>> = {
  int4: 4 + scaleBits,
  "int4 2:4": (2 * (4 + 2)) / 4 + scaleBits,
}

/** Rows of a tensor-core instruction: fewer tokens cost as much as 16. */
const tokenGranule = 16
const activationBytes = 2
/** Weight columns of a thread block of Marlin's kernels. */
const blockColumns = 256

/**
 * Time of m tokens through a weight of k × n: the weight is read once, whatever the batch; it is unpacked in registers at no
 * cost of its own. Source of the structure: the Marlin kernels' design; limits: every SM gets an equal share of the weight.
 */
export const weightOnlyTime = (
  machine: GpuMachine,
  constants: WeightOnlyConstants,
  { m, n, k }: ProductShape,
  format: WeightFormat,
): KernelTime => {
  const rates = boardRates(machine)
  const multiplier = format === "int4 2:4" ? machine.family.sparseMultiplier.value : 1
  const tokens = Math.ceil(m / tokenGranule) * tokenGranule
  const issued = (tokens * n * k) / multiplier
  const peak = machine.family.tensor["fp16"].value * rates.sms * rates.clock
  const dramBytes = (bitsPerWeight[format] / 8) * n * k + activationBytes * m * (k + n)
  const compute = issued / (peak * constants.efficiency)
  const blocks = Math.ceil(n / blockColumns)
  return kernelTime({
    launch: constants.launch,
    onChip: compute,
    resources: {
      compute,
      sharedMemory: dramBytes / rates.sharedMemory,
      l2: dramBytes / rates.l2,
      dram: dramBytes / rates.dram,
      latency: 0,
    },
    grid: { name: `${format} weights`, blocks, blocksPerSm: 1, rounds: Math.ceil(blocks / rates.sms) },
    traffic: { sharedMemory: dramBytes, l2: dramBytes, dram: dramBytes },
    operations: { denseEquivalent: m * n * k, kept: (m * n * k) / multiplier, issued },
  })
}
