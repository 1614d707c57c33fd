/** `mma` and `mma.sp`: what one of them costs on the tensor core of a sub-core. */
import type { GpuMachine } from "../../../arch/machine.ts"
import { denseWork, type MatrixInstruction, noSuchInstruction, storedRowBytes } from "./matrix-instruction.ts"
import { operandBits, tensorRate } from "./operand-format.ts"

/** What a sub-core needs to know of an instruction, in cycles. */
export interface PipelineCost {
  /** From issue to a dependent instruction. */
  readonly latency: number
  /** Between two instructions of any warps. */
  readonly interval: number
  /** Between two instructions of one warp. */
  readonly sameWarpInterval: number
  /** What sets `interval`. */
  readonly intervalBound: "rate" | "floor"
}

/** Bytes of a stored row of A that the tensor core takes in one step. */
const stepBytes = 16

/**
 * Steps of 16 stored bytes along the reduction: 1 or 2. Every shape of Sun et al. (arXiv:2206.02874, Tables 3, 5 and 6)
 * has one of them, and latency follows them across formats, dense or 2:4: m16n8k8 in fp16, m16n8k16 in int8 and mma.sp
 * m16n8k16 in fp16 are one step.
 */
const steps = (instruction: MatrixInstruction): number => {
  const { m, n } = instruction
  const count = storedRowBytes(instruction) / stepBytes
  if (n !== 8 || (m !== 8 && m !== 16) || (count !== 1 && count !== 2)) {
    const perStep = (stepBytes * 8 * (instruction.a === "dense" ? 1 : 2)) / operandBits(instruction.input)
    throw noSuchInstruction(
      instruction,
      "there is no such shape on the tensor cores",
      `Shapes of this format are m16n8k${perStep} and m16n8k${2 * perStep}; dense int8, int4 and b1 also have m8n8k${perStep}.`,
    )
  }
  if (m === 8 && (count !== 1 || instruction.accumulate !== "int32" || instruction.a !== "dense")) {
    throw noSuchInstruction(
      instruction,
      "instructions of 8 rows are dense, of integers and one step long",
      "Take m16n8.",
    )
  }
  return count
}

/**
 * Cost of one `mma` or `mma.sp`:
 *
 *   latency  = latency(one step) + (steps − 1) · step latency
 *   interval = max(rows as padded · n · k / (rate of a sub-core · share of the peak), floor of a short mma.sp)
 *
 * and the gap on top of the interval within one warp. Fitted on A100 (see the architecture's file), so up to 13 % off in
 * single rows of that paper at 4 warps and within 3 % at 8. @throws UnsupportedError
 */
export const warpMmaCost = (board: GpuMachine, instruction: MatrixInstruction): PipelineCost => {
  const { sm, instructions, sparseMultiplier } = board.family
  const { mma } = instructions
  const count = steps(instruction)
  if (count === 2 && mma.stepLatency === undefined) {
    throw noSuchInstruction(
      instruction,
      `${board.family.name} has only instructions of half that reduction`,
      "Halve k.",
    )
  }
  const sparse = instruction.a === "2:4"
  if (sparse && sparseMultiplier.value <= 1) {
    throw noSuchInstruction(
      instruction,
      `${board.id} has no sparse tensor cores`,
      "Take a board from Ampere on.",
    )
  }
  if (sparse && instruction.input === "b1") {
    throw noSuchInstruction(instruction, "there is no 2:4 of single bits", "Take int4 or a wider format.")
  }
  const gain = sparse ? (mma.sparseGain ?? sparseMultiplier).value : 1
  const rate =
    (tensorRate(board, instruction.input, instruction.accumulate) * gain * mma.shareOfPeak.value) /
    sm.subCores.value
  const padding = Math.max(1, mma.minRows.value / instruction.m)
  const subByte = operandBits(instruction.input) < 8 ? mma.subByte : undefined
  const byRate = (padding * denseWork(instruction)) / rate + (subByte?.interval.value ?? 0)
  const floor = sparse && count === 1 ? (mma.shortSparseInterval?.value ?? 0) : 0
  const interval = Math.max(byRate, floor)
  return {
    latency: mma.latency.value + (count - 1) * (mma.stepLatency?.value ?? 0) + (subByte?.latency.value ?? 0),
    interval,
    sameWarpInterval: interval + mma.sameWarpGap.value,
    intervalBound: floor > byRate ? "floor" : "rate",
  }
}
