/** Loads of a warp from shared memory: `ldmatrix` and plain ones, with bank conflicts. */
import type { GpuMachine } from "../../../arch/machine.ts"

export interface SharedLoad {
  /** Bytes that the warp reads: an `ldmatrix` of x matrices reads 128 · x. */
  readonly bytes: number
  /** Most lanes that meet in one bank: 1 is conflict free. */
  readonly ways: number
}

export interface SharedLoadTiming {
  /** From issue to the data, in cycles. */
  readonly latency: number
  /** Cycles for which the load keeps the shared memory of the SM busy. */
  readonly interval: number
}

/**
 * A load takes one pass for each 128 bytes, and every pass in which d lanes meet in a bank takes `conflictFixed` +
 * d · `conflictPerWay` cycles (on B200 2.57 + 2.00 · d, measured; elsewhere one cycle a way, assumed). Its data are there
 * after the latency of shared memory and what its further cycles add, which is assumed: no trustworthy measurement of
 * `ldmatrix` was found. `bytes` > 0, `ways` ≥ 1.
 */
export const sharedLoadTiming = ({ family }: GpuMachine, { bytes, ways }: SharedLoad): SharedLoadTiming => {
  const { sharedLatency, conflictPerWay, conflictFixed } = family.instructions.memory
  const passes = bytes / family.sm.sharedMemoryBandwidth.value
  const cyclesPerPass = ways === 1 ? 1 : conflictFixed.value + ways * conflictPerWay.value
  const interval = passes * cyclesPerPass
  return { latency: sharedLatency.value + Math.max(0, interval - 1), interval }
}
