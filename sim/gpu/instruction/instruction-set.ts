/** The matrix instructions that a board has, one for each shape that differs in cost. */
import type { GpuMachine } from "../../../arch/machine.ts"
import type { MatrixInstruction } from "./matrix-instruction.ts"
import {
  type AccumulatorFormat,
  accumulatorsOf,
  operandBits,
  operandFormat,
  type OperandFormat,
} from "./operand-format.ts"

/** Columns of `wgmma` and `tcgen05.mma` that are listed, of the thirty-two that exist. */
const listedColumns = [256, 128, 64, 32, 16, 8]

interface Operands {
  readonly input: OperandFormat
  readonly accumulate: AccumulatorFormat
}

/** What a rate of the architecture file holds for: `fp16-fp16` accumulates in fp16, every other in the usual format. */
const operandsOf = (rate: string): Operands => {
  const [name = "", accumulate] = rate.split("-")
  const input = operandFormat(name)
  const known = accumulatorsOf(input)
  return { input, accumulate: known.find((format) => format === accumulate) ?? known[0] }
}

const forms = ["dense", "2:4"] as const

/** Uncompressed reduction whose rows of A are stored in so many bytes. */
const reduction = (bytes: number, { input }: Operands, a: MatrixInstruction["a"]): number =>
  (bytes * 8 * (a === "dense" ? 1 : 2)) / operandBits(input)

const warpInstructions = (board: GpuMachine, operands: Operands): readonly MatrixInstruction[] =>
  forms
    .filter((a) => a === "dense" || (board.family.sparseMultiplier.value > 1 && operands.input !== "b1"))
    .flatMap((a) => {
      const shape = (m: number, bytes: number): MatrixInstruction => ({
        op: "mma",
        ...operands,
        a,
        aFrom: "registers",
        m,
        n: 8,
        k: reduction(bytes, operands, a),
      })
      const short = operands.accumulate === "int32" && a === "dense" ? [shape(8, 16)] : []
      const long = board.family.instructions.mma.stepLatency === undefined ? [] : [shape(16, 32)]
      // Turing multiplies integers eight rows at a time only.
      const one = long.length === 0 && short.length > 0 ? [] : [shape(16, 16)]
      return [...short, ...one, ...long]
    })

const fedInstructions = (
  op: "wgmma" | "tcgen05",
  m: number,
  sources: readonly MatrixInstruction["aFrom"][],
  operands: Operands,
): readonly MatrixInstruction[] =>
  forms.flatMap((a) =>
    sources.flatMap((aFrom) =>
      listedColumns.map((n) => ({ op, ...operands, a, aFrom, m, n, k: reduction(32, operands, a) })),
    ),
  )

/** Every instruction can be timed with `instructionTiming`. */
export const instructionSet = (board: GpuMachine): readonly MatrixInstruction[] => {
  const { tensor, instructions } = board.family
  return Object.keys(tensor)
    .map(operandsOf)
    .flatMap((operands) => [
      ...warpInstructions(board, operands),
      ...(instructions.wgmma === undefined
        ? []
        : fedInstructions("wgmma", 64, ["shared", "registers"], operands)),
      ...(instructions.tcgen05 === undefined
        ? []
        : [64, 128].flatMap((m) => fedInstructions("tcgen05", m, ["shared"], operands))),
    ])
}
