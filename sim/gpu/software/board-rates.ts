/** Rates of a board in base units, as the kernels use them. */
import type { GpuMachine } from "../../../arch/machine.ts"

export interface BoardRates {
  readonly clock: number
  readonly sms: number
  /** Bytes per second. */
  readonly l2: number
  readonly dram: number
  readonly sharedMemory: number
  /** Multiply-accumulates per second of all SMs outside the tensor cores. */
  readonly simtFp32: number
}

export const boardRates = ({ clock, sms, l2, dram, family }: GpuMachine): BoardRates => ({
  clock: clock.value,
  sms: sms.value,
  l2: (l2.bandwidth?.value ?? family.l2BandwidthPerSm.value * sms.value) * clock.value,
  dram: dram.bandwidth.value * family.dramEfficiency.value,
  sharedMemory: family.sm.sharedMemoryBandwidth.value * sms.value * clock.value,
  simtFp32: family.sm.simtFp32.value * sms.value * clock.value,
})
