/** A matrix instruction of a GPU: C (m × n) += A (m × k) · B (k × n), A dense or 2:4. */
import { UnsupportedError } from "../../../arch/errors.ts"
import { type AccumulatorFormat, operandBits, type OperandFormat } from "./operand-format.ts"

export const matrixOps = ["mma", "wgmma", "tcgen05"] as const
export type MatrixOp = (typeof matrixOps)[number]

export interface MatrixInstruction {
  readonly op: MatrixOp
  readonly m: number
  readonly n: number
  /** Uncompressed reduction, also where A is 2:4. */
  readonly k: number
  readonly input: OperandFormat
  readonly accumulate: AccumulatorFormat
  readonly a: "dense" | "2:4"
  /** Where A is read from; `mma` knows registers only. */
  readonly aFrom: "shared" | "registers"
}

/** Multiply-accumulates of one instruction, on the uncompressed reduction. */
export const denseWork = ({ m, n, k }: MatrixInstruction): number => m * n * k

/** Elements of a row of A as it is stored: half of them where A is 2:4. */
export const storedK = ({ k, a }: MatrixInstruction): number => (a === "dense" ? k : k / 2)

/** Bytes of a row of A as it is stored, without the positions of kept values. */
export const storedRowBytes = (instruction: MatrixInstruction): number =>
  (storedK(instruction) * operandBits(instruction.input)) / 8

/** Bytes that an instruction reads from shared memory: all of B, and A as it is stored unless it is in registers. */
export const sharedBytes = (instruction: MatrixInstruction): number => {
  const { m, n, k, aFrom, input } = instruction
  const b = (k * n * operandBits(input)) / 8
  return aFrom === "shared" ? m * storedRowBytes(instruction) + b : b
}

/** "m16n8k16" → sizes. @throws UnsupportedError */
export const parseShape = (text: string): { readonly m: number; readonly n: number; readonly k: number } => {
  const match = /^m([1-9]\d{0,3})n([1-9]\d{0,3})k([1-9]\d{0,3})$/.exec(text)
  if (match !== null) return { m: Number(match[1]), n: Number(match[2]), k: Number(match[3]) }
  throw new UnsupportedError({
    message: `"${text}" is no shape of a matrix instruction`,
    remedy: "Shapes are written like m16n8k16, with the uncompressed k.",
  })
}

/** Name of the instruction as its tables write it, e.g. `mma.sp.m16n8k32`. */
export const instructionName = ({ op, m, n, k, a }: MatrixInstruction): string =>
  `${op}${a === "dense" ? "" : ".sp"}.m${m}n${n}k${k}`

/** An instruction that no instruction set has, or whose cost nobody has measured. */
export const noSuchInstruction = (
  instruction: MatrixInstruction,
  why: string,
  remedy: string,
): UnsupportedError =>
  new UnsupportedError({
    message: `${instructionName(instruction)} with ${instruction.input} operands: ${why}`,
    remedy,
  })
