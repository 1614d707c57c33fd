/** Matrix instructions of GPU boards: latencies in cycles, throughputs in multiply-accumulates a cycle and SM. */
import { UnsupportedError } from "../../../arch/errors.ts"
import { type GpuMachine } from "../../../arch/machine.ts"
import { loadGpuMachine } from "../../../arch/machine-catalogue.ts"
import {
  alone,
  instructionPeak,
  instructionTiming,
  type InstructionTiming,
  type Occupancy,
} from "../../../sim/gpu/instruction/instruction-timing.ts"
import {
  denseWork,
  type MatrixInstruction,
  type MatrixOp,
  parseShape,
} from "../../../sim/gpu/instruction/matrix-instruction.ts"
import {
  type AccumulatorFormat,
  accumulatorsOf,
  operandFormat,
  type OperandFormat,
} from "../../../sim/gpu/instruction/operand-format.ts"
import type { ValidationCase } from "../case-file.ts"
import { type Predictor, unsupported } from "../prediction.ts"
import { size, text } from "../workload-fields.ts"

const ops: ReadonlyMap<string, MatrixOp> = new Map([
  ["mma", "mma"],
  ["wgmma", "wgmma"],
  ["tcgen05.mma", "tcgen05"],
])

const refuse = (message: string): UnsupportedError => new UnsupportedError({ message })

/** A is 2:4 where the operation says `.sp` or the case says so; tf32 keeps 1 of 2, which is the same share. */
const operandA = (validationCase: ValidationCase, op: string): MatrixInstruction["a"] => {
  const sparsity = text(validationCase, "sparsity") ?? (op.endsWith(".sp") ? "2:4" : "dense")
  if (sparsity === "2:4" || sparsity === "1:2") return "2:4"
  if (sparsity !== "dense") throw refuse(`tensor cores take dense and 2:4 operands, not ${sparsity}`)
  return op.endsWith(".sp") ? "2:4" : "dense"
}

const accumulator = (name: string | undefined, input: OperandFormat): AccumulatorFormat => {
  const known = accumulatorsOf(input)
  const found = name === undefined ? known[0] : known.find((format) => format === name)
  if (found === undefined) throw refuse(`no instruction adds ${input} products in ${name}`)
  return found
}

const instructionOf = (validationCase: ValidationCase): MatrixInstruction => {
  const op = text(validationCase, "op") ?? ""
  const kind = ops.get(op.replace(/\.sp$/, ""))
  if (kind === undefined)
    throw refuse(`unknown operation "${op}": ${[...ops.keys()].join(", ")} are modelled`)
  const input = operandFormat(text(validationCase, "input") ?? "")
  return {
    op: kind,
    ...parseShape(text(validationCase, "shape") ?? ""),
    input,
    accumulate: accumulator(text(validationCase, "accumulate"), input),
    a: operandA(validationCase, op),
    // Only wgmma has a choice, and its usual form reads A from shared memory.
    aFrom:
      kind === "mma" || text(validationCase, "aFrom")?.startsWith("reg") === true ? "registers" : "shared",
  }
}

/** Counts that a case does not give are as many as make a difference. */
const occupancyOf = (validationCase: ValidationCase): Occupancy => {
  const asMany = validationCase.workload["saturated"] === true
  return {
    warps: asMany ? "enough" : (size(validationCase, "warpsPerSm") ?? "enough"),
    chains: asMany ? "enough" : (size(validationCase, "ilp") ?? "enough"),
  }
}

interface Metric {
  readonly units: readonly string[]
  readonly occupancy: (validationCase: ValidationCase) => Occupancy
  readonly value: (timing: InstructionTiming) => number
  readonly baseline: (board: GpuMachine, instruction: MatrixInstruction) => number
}

/**
 * What somebody would say who knows the peak and one latency: of an `mma` the pipeline's depth for a dense instruction of
 * full length, of a `wgmma` its work over the peak.
 */
const baselineLatency = (board: GpuMachine, instruction: MatrixInstruction): number => {
  const { mma } = board.family.instructions
  if (instruction.op === "mma") return mma.latency.value + (mma.stepLatency?.value ?? 0)
  return denseWork(instruction) / instructionPeak(board, instruction)
}

const latency = (occupancy: Metric["occupancy"]): Metric => ({
  units: ["cycles"],
  occupancy,
  value: ({ roundTrip }) => roundTrip,
  baseline: baselineLatency,
})

const throughput: Metric = {
  units: ["FMA/clk/SM", "TFLOPS"],
  occupancy: occupancyOf,
  value: (timing) => timing.throughput,
  baseline: instructionPeak,
}

const metrics: ReadonlyMap<string, Metric> = new Map([
  ["completion_latency", latency(() => alone)],
  ["latency_at_saturation", latency(occupancyOf)],
  ["latency", latency(occupancyOf)],
  ["throughput", throughput],
  ["throughput_dense_equiv", throughput],
])

/** A figure in the case's unit: of the whole board at its boost clock where that is TFLOPS. */
const inUnit = (value: number, unit: string, { sms, clock }: GpuMachine): number =>
  unit === "TFLOPS" ? (2 * value * sms.value * clock.value) / 1e12 : value

export const predictGpuInstruction: Predictor = (validationCase) => {
  if (text(validationCase, "kind") !== "instruction") return undefined
  const board = loadGpuMachine(validationCase.machine)
  const metric = metrics.get(validationCase.metric)
  if (metric === undefined) return unsupported(`unknown metric ${validationCase.metric} of an instruction`)
  if (!metric.units.includes(validationCase.unit)) {
    return unsupported(
      `${validationCase.metric} in ${validationCase.unit}: expected ${metric.units.join(" or ")}`,
    )
  }
  const instruction = instructionOf(validationCase)
  const timing = instructionTiming(board, instruction, metric.occupancy(validationCase))
  return {
    kind: "prediction",
    predicted: inUnit(metric.value(timing), validationCase.unit, board),
    baseline: inUnit(metric.baseline(board, instruction), validationCase.unit, board),
    group: `${text(validationCase, "op")} ${board.id} ${validationCase.metric}`,
  }
}
