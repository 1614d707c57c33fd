/** The numbers of a board that a GEMM time rests on, taken from its machine file. */
import type { GpuMachine } from "../../../arch/machine.ts"

export interface GemmBoard {
  readonly architecture: string
  readonly sms: number
  /** Boost clock in Hz. */
  readonly clock: number
  /** Dense tensor multiply-accumulates per cycle and SM, by operand format (16-bit floats accumulate in fp32). */
  readonly tensor: Readonly<Record<string, number>>
  /** 2:4 over dense peak, counted on the uncompressed reduction. */
  readonly sparseMultiplier: number
  /** Register file and largest shared memory of one SM in bytes. */
  readonly registers: number
  readonly sharedMemory: number
  /** L2 in bytes, DRAM in bytes per second (data sheet). */
  readonly l2: number
  readonly dram: number
  /** Board power limit and idle power in watts. */
  readonly powerLimit: number
  readonly idlePower: number
}

export const gemmBoard = (machine: GpuMachine): GemmBoard => {
  const { family } = machine
  return {
    architecture: machine.architecture,
    sms: machine.sms.value,
    clock: machine.clock.value,
    tensor: Object.fromEntries(Object.entries(family.tensor).map(([format, rate]) => [format, rate.value])),
    sparseMultiplier: family.sparseMultiplier.value,
    registers: family.sm.registers.value,
    sharedMemory: family.sm.sharedMemory.value,
    l2: machine.l2.capacity.value,
    dram: machine.dram.bandwidth.value,
    powerLimit: machine.power.limit.value,
    idlePower: machine.energy.staticPower.value,
  }
}
