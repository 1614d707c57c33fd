/** Kernels that multiply no matrices: normalisation, softmax, pooling, pointwise functions that ride on no product. */
import { hitShare } from "./gemm/l2-residency.ts"
import type { KernelCost } from "./kernel-cost.ts"

/** What such a kernel moves, in bytes, and what it computes. */
export interface MemoryWork {
  readonly name: string
  readonly readBytes: number
  readonly writtenBytes: number
  readonly adds: number
  readonly muls: number
}

/** Rates of a board as streaming kernels see them. */
export interface StreamRates {
  /** Hz. */
  readonly clock: number
  /** Scalar fp32 operations per cycle of the whole board. */
  readonly simtPerCycle: number
  /** Bytes per second. */
  readonly l2: number
  readonly dram: number
  /** Bytes of L2 that keep what the kernel before left. */
  readonly l2Resident: number
  /** Seconds between kernels, and the least time from one to the next. */
  readonly launchGap: number
  readonly launchFloor: number
}

/**
 * time = max(floor, gap + max(L2, DRAM, arithmetic)). What fits into L2 was left there by the kernel before and is read by
 * the one after, so only the share that does not stay reaches DRAM. Assumed: no public measurement of such kernels is at hand.
 */
export const memoryKernel = (work: MemoryWork, rates: StreamRates): KernelCost => {
  const bytes = work.readBytes + work.writtenBytes
  const missing = 1 - hitShare(bytes / rates.l2Resident)
  const read = Math.round(work.readBytes * missing)
  const written = Math.round(work.writtenBytes * missing)
  const l2 = bytes / rates.l2
  const dram = (read + written) / rates.dram
  const arithmetic = (work.adds + work.muls) / (rates.simtPerCycle * rates.clock)
  const busy = Math.max(l2, dram, arithmetic)
  const seconds = Math.max(rates.launchFloor, rates.launchGap + busy)
  const launch = seconds - busy
  const slowest = busy === arithmetic ? "vector" : busy === dram ? "dram" : "l2"
  return {
    kernel: work.name,
    seconds,
    account: { busy: 0, [`stall.${slowest}`]: busy, "stall.launch": launch },
    l2Busy: l2,
    dramBusy: dram,
    bound: launch > busy ? "launch" : slowest,
    counts: {
      "vector/add": work.adds,
      "vector/mul": work.muls,
      "l2/read": Math.round(work.readBytes),
      "l2/write": Math.round(work.writtenBytes),
      "traffic.activation/read": read,
      "traffic.activation/write": written,
      "dram/read": read,
      "dram/write": written,
    },
  }
}
