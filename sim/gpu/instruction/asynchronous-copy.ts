/** Copies from L2 or DRAM into shared memory that a kernel does not wait for: `cp.async` and TMA. */
import type { GpuMachine } from "../../../arch/machine.ts"

export const copySources = ["l2", "dram"] as const
export type CopySource = (typeof copySources)[number]
export type CopyEngine = "cp.async" | "tma"

export interface CopyTiming {
  /** From issue to the data in shared memory, in cycles. */
  readonly latency: number
  /** Cycles for which the copy keeps what one SM takes in busy. */
  readonly interval: number
  /** Cycles for which the warp issues nothing else. */
  readonly issue: number
}

/** A warp copies 16 bytes a lane with each `cp.async`. */
const bytesPerInstruction = 512

/**
 * A copy of `bytes` by one warp. An SM takes in its share of what L2 gives the kernels of a GEMM when all SMs stream
 * (`gemm.l2PerSm`), or of what DRAM gives; data are there after the latency of a load that finds them in that level, what TMA adds, and the time
 * that the bytes take. TMA is issued by one lane in one cycle, `cp.async` 512 bytes a cycle.
 */
export const copyTiming = (
  { family, dram, sms, clock }: GpuMachine,
  bytes: number,
  source: CopySource,
  engine: CopyEngine,
): CopyTiming => {
  const { l2Latency, dramLatency, tmaLatency } = family.instructions.memory
  const fromDram = (dram.bandwidth.value * family.dramEfficiency.value) / (sms.value * clock.value)
  const fromL2 = family.gemm.l2PerSm.value
  const rate = source === "l2" ? fromL2 : Math.min(fromL2, fromDram)
  const interval = bytes / rate
  const level = source === "l2" ? l2Latency.value : dramLatency.value
  return {
    latency: level + (engine === "tma" ? (tmaLatency?.value ?? 0) : 0) + interval,
    interval,
    issue: engine === "tma" ? 1 : Math.max(1, Math.ceil(bytes / bytesPerInstruction)),
  }
}
