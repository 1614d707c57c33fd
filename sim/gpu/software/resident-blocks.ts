/** How many thread blocks an SM holds at once, and in how many rounds a grid runs. */
import type { GpuMachine } from "../../../arch/machine.ts"

export interface BlockNeeds {
  readonly threads: number
  readonly registersPerThread: number
  /** Bytes. */
  readonly sharedMemory: number
}

/** The driver keeps 1 KiB of shared memory for each resident block (CUDA programming guide, compute capability 8.x). */
const reservedPerBlock = 1024
const bytesPerRegister = 4

/** Limited by threads, registers and shared memory; at least one, since a kernel that does not fit would not be built. */
export const residentBlocks = ({ family: { sm } }: GpuMachine, needs: BlockNeeds): number =>
  Math.max(
    1,
    Math.min(
      Math.floor(sm.threads.value / needs.threads),
      Math.floor(sm.registers.value / (bytesPerRegister * needs.threads * needs.registersPerThread)),
      Math.floor(sm.sharedMemory.value / (needs.sharedMemory + reservedPerBlock)),
    ),
  )

export interface Rounds {
  /** Rounds in which every SM holds as many blocks as fit. */
  readonly full: number
  /** Blocks on the busiest SM in the last, partly filled round; 0 when there is none. */
  readonly last: number
  readonly count: number
}

/** Wave quantisation: blocks go to SMs evenly, and the busiest SM decides. */
export const roundsOf = (blocks: number, sms: number, blocksPerSm: number): Rounds => {
  const onBusiest = Math.ceil(blocks / sms)
  const full = Math.floor(onBusiest / blocksPerSm)
  const last = onBusiest - full * blocksPerSm
  return { full, last, count: full + (last > 0 ? 1 : 0) }
}
