/** `wgmma`: four warps of an SM together, B and mostly A read from shared memory by the tensor cores themselves. */
import type { GpuMachine } from "../../../arch/machine.ts"
import {
  denseWork,
  type MatrixInstruction,
  noSuchInstruction,
  sharedBytes,
  storedRowBytes,
} from "./matrix-instruction.ts"
import { tensorRate } from "./operand-format.ts"

/** Cycles between two instructions that follow one another, and what sets them. */
export interface FedInterval {
  readonly cycles: number
  readonly bound: "rate" | "operands" | "floor"
}

/** Bytes of a stored row of A: the reduction of every `wgmma` and `tcgen05.mma`. */
const rowBytes = 32

/** The longest of three times; the first where they are equal. */
const slowest = (rate: number, operands: number, floor: number): FedInterval => {
  if (rate >= operands && rate >= floor) return { cycles: rate, bound: "rate" }
  return operands >= floor ? { cycles: operands, bound: "operands" } : { cycles: floor, bound: "floor" }
}

const sparsePeak = (board: GpuMachine, { a }: MatrixInstruction): number =>
  a === "2:4" ? board.family.sparseMultiplier.value : 1

/**
 * Cycles of a `wgmma` in a row of them: max(m·n·k / (rate · s), bytes from shared memory / 128, floor), s = 2 for 2:4 and
 * A read as it is stored. On H800 this is every published latency to the cycle: fp16 m64nNk16 for N = 8 … 256 with A in
 * shared memory or registers, and 2:4 m64n256k32 (Luo et al., arXiv:2402.13499 and 2501.12084; the floor is fitted to two
 * of them). Positions of kept values are not counted. @throws UnsupportedError
 */
export const wgmmaInterval = (board: GpuMachine, instruction: MatrixInstruction): FedInterval => {
  const { family } = board
  const { wgmma } = family.instructions
  if (wgmma === undefined) {
    throw noSuchInstruction(instruction, `${board.id} (${family.name}) has no wgmma`, "Take a Hopper board.")
  }
  const { m, n } = instruction
  if (m !== 64 || n % 8 !== 0 || n > 256 || storedRowBytes(instruction) !== rowBytes) {
    throw noSuchInstruction(
      instruction,
      "there is no such shape",
      "m is 64, n a multiple of 8 up to 256, and k what 32 bytes hold, twice that for 2:4.",
    )
  }
  const rate = tensorRate(board, instruction.input, instruction.accumulate) * sparsePeak(board, instruction)
  return slowest(
    denseWork(instruction) / rate,
    sharedBytes(instruction) / family.sm.sharedMemoryBandwidth.value,
    wgmma.leastInterval.value,
  )
}

/**
 * Cycles of a `tcgen05.mma` of one SM in a row of them: as `wgmma`, without a floor and with rows padded to those of the
 * tensor core. That A and B come from shared memory at its full rate is assumed: no trustworthy measurement of this
 * instruction's latency was found. @throws UnsupportedError
 */
export const tcgen05Interval = (board: GpuMachine, instruction: MatrixInstruction): FedInterval => {
  const { family } = board
  const { tcgen05 } = family.instructions
  if (tcgen05 === undefined) {
    throw noSuchInstruction(instruction, `${board.id} (${family.name}) has no tcgen05.mma`, "Take a B200.")
  }
  const { m, n } = instruction
  if ((m !== 64 && m !== 128) || n % 8 !== 0 || n > 256 || storedRowBytes(instruction) !== rowBytes) {
    throw noSuchInstruction(
      instruction,
      "there is no such shape for one SM",
      "m is 64 or 128, n a multiple of 8 up to 256, and k what 32 bytes hold, twice that for 2:4.",
    )
  }
  const rate = tensorRate(board, instruction.input, instruction.accumulate) * sparsePeak(board, instruction)
  return slowest(
    (Math.max(1, tcgen05.minRows.value / m) * denseWork(instruction)) / rate,
    sharedBytes(instruction) / family.sm.sharedMemoryBandwidth.value,
    0,
  )
}
