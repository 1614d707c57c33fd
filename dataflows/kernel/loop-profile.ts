/**
 * What one turn of an innermost loop asks of a core without fused multiply-add: instructions by kind, and vector registers
 * alive at once. The stream that a throughput model reads.
 */
import type { Instruction, VectorRegister } from "./kernel-ir.ts"

export interface LoopProfile {
  /** Loads of vectors, lanes and splats. */
  readonly vectorLoads: number
  readonly integerLoads: number
  readonly multiplies: number
  readonly additions: number
  /** Pointer steps, and the fused decrement and branch. */
  readonly integers: number
  readonly instructions: number
  /** Accumulators: registers that the loop carries from turn to turn by addition. */
  readonly accumulators: number
  /**
   * Vector registers alive at the worst point when all loads of a turn come before its arithmetic, as V8 orders them (loads
   * keep their order, arithmetic is placed late): accumulators and everything loaded; the products take the registers of what
   * was loaded as long as one of its uses is the last, else one more.
   */
  readonly liveVectors: number
}

const uses = (body: readonly Instruction[], register: VectorRegister): number =>
  body.filter(({ op, ...rest }) => op === "multiply-add" && Object.values(rest).includes(register)).length

/** The profile of a loop body without inner loops. */
export const loopProfile = (body: readonly Instruction[]): LoopProfile => {
  const count = (...ops: readonly Instruction["op"][]): number =>
    body.filter(({ op }) => ops.includes(op)).length
  const loaded = new Set<string>()
  let loads = 0
  for (const instruction of body) {
    if (instruction.op === "load" || instruction.op === "splat") {
      // A register loaded twice within a turn is two values, both alive when loads come first.
      loads += 1
      loaded.add(instruction.to)
    }
  }
  const accumulators = new Set(body.flatMap((i) => (i.op === "multiply-add" ? [i.to] : []))).size
  const products = count("multiply-add")
  const reused = [...loaded].some((register) => uses(body, register) === 1)
  const vectorLoads = loads
  const integerLoads = count("load-int")
  const integers = count("add", "subtract", "add-constant") + 1
  return {
    vectorLoads,
    integerLoads,
    multiplies: products,
    additions: products,
    integers,
    instructions: vectorLoads + integerLoads + 2 * products + integers,
    accumulators,
    liveVectors: accumulators + loads + (reused ? 0 : 1),
  }
}
