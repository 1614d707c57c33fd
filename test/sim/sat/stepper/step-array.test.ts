/** Small arrays whose cycles can be counted by hand. */
import { describe, expect, it } from "vitest"
import { ConfigError, WorkloadError } from "../../../../arch/errors.ts"
import { stepArray, type StepperInput } from "../../../../sim/sat/stepper/step-array.ts"

const plain = { rows: 1, cols: 1, pipelineLatency: 1, accumulateLatency: 1, interleave: 1 }

/** Ones in both operands. */
const ones = (
  m: number,
  n: number,
  k: number,
  dataflow: StepperInput["dataflow"],
  array: Partial<StepperInput["array"]>,
): StepperInput => ({
  gemm: { m, n, k },
  a: new Float32Array(m * k).fill(1),
  b: new Float32Array(k * n).fill(1),
  dataflow,
  array: { ...plain, ...array },
  arithmetic: "float64",
})

describe("an output-stationary array", () => {
  it("waits for its adder between the steps of one output, but not after the last", () => {
    const { timing, product } = stepArray(ones(1, 1, 3, "os", { pipelineLatency: 5, accumulateLatency: 5 }))
    // Steps enter in cycles 0, 5 and 10; the last sum is out after cycle 14.
    expect(timing).toEqual({ cycles: 15, busy: 3, fillDrain: 4, stationaryLoad: 0, accumulate: 8 })
    expect([...product]).toEqual([3])
  })

  it("fills the adder with the outputs of other folds", () => {
    const { timing } = stepArray(
      ones(5, 1, 3, "os", { pipelineLatency: 5, accumulateLatency: 5, interleave: 5 }),
    )
    expect(timing).toEqual({ cycles: 19, busy: 15, fillDrain: 4, stationaryLoad: 0, accumulate: 0 })
  })

  it("waits in a last group of fewer folds", () => {
    // Six folds: five that fill the adder (15 steps), one alone (3 steps and 2 waits of 4), a drain of 4 after each.
    const { timing } = stepArray(
      ones(6, 1, 3, "os", { pipelineLatency: 5, accumulateLatency: 5, interleave: 5 }),
    )
    expect(timing).toEqual({ cycles: 34, busy: 18, fillDrain: 8, stationaryLoad: 0, accumulate: 8 })
  })

  it("needs a link of as many words as outputs are interleaved: those finish together", () => {
    const array = { rows: 8, cols: 2, pipelineLatency: 4, accumulateLatency: 4 }
    expect(stepArray(ones(32, 2, 5, "os", array)).columnWritesPeak).toBe(1)
    expect(stepArray(ones(32, 2, 5, "os", { ...array, interleave: 4 })).columnWritesPeak).toBe(4)
  })

  it("continues sums of an earlier tile and reads each once", () => {
    const partial = Float64Array.from({ length: 9 }, (_, i) => 10 * i)
    const { product, accesses } = stepArray({ ...ones(3, 3, 2, "os", { rows: 2, cols: 2 }), partial })
    expect([...product]).toEqual([2, 12, 22, 32, 42, 52, 62, 72, 82])
    expect([accesses.cReads, accesses.cWrites]).toEqual([9, 9])
  })

  it("leaves the given sums as they were", () => {
    const partial = new Float64Array(1)
    stepArray({ ...ones(1, 1, 1, "os", {}), partial })
    expect(partial[0]).toBe(0)
  })
})

describe("a weight-stationary array", () => {
  it("loads, streams, and adds down the column in one accumulate latency a row", () => {
    const { timing } = stepArray(
      ones(4, 2, 3, "ws", { rows: 3, cols: 2, pipelineLatency: 6, accumulateLatency: 2 }),
    )
    // 3 rows load; row 2 starts 4 cycles after row 0, column 1 one after column 0, and a sum takes 6 cycles.
    expect(timing).toEqual({ cycles: 3 + 4 + 10, busy: 4, fillDrain: 10, stationaryLoad: 3, accumulate: 0 })
  })

  it("reads a group that the end of a fold cuts in both folds", () => {
    const sparsity = { operand: "b" as const, pattern: { n: 2, m: 4 }, groupedLength: 8 }
    const input = {
      ...ones(1, 1, 8, "ws", { rows: 3 }),
      sparsity,
      mask: Uint8Array.of(1, 0, 0, 1, 0, 1, 1, 0),
    }
    // Kept steps 0, 1, 2 of groups 0, 0, 1; then step 3 of group 1 again.
    expect(stepArray(input).accesses).toEqual({ aReads: 12, bReads: 4, cWrites: 2, cReads: 1 })
    expect(stepArray({ ...input, array: { ...plain, rows: 2 } }).accesses.aReads).toBe(8)
  })
})

describe("float32 accumulation", () => {
  it("adds in reduction order on every dataflow, over folds too", () => {
    const a = Float32Array.of(2 ** 24, 1, -(2 ** 24), 1)
    for (const dataflow of ["os", "ws", "is"] as const) {
      const input = { ...ones(1, 1, 4, dataflow, { rows: 3 }), a }
      // 2²⁴ + 1 rounds to 2²⁴ in float32.
      expect(stepArray({ ...input, arithmetic: "float32" }).product[0]).toBe(1)
      expect(stepArray(input).product[0]).toBe(2)
    }
  })
})

describe("N:M selection", () => {
  const sparsity = { operand: "b" as const, pattern: { n: 1, m: 4 }, groupedLength: 6 }

  it("takes each column's own element of the group, tail groups included", () => {
    const { product, timing } = stepArray({
      ...ones(1, 2, 6, "os", { cols: 2 }),
      a: Float32Array.of(1, 2, 4, 8, 16, 32),
      mask: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0),
      sparsity,
    })
    expect([...product]).toEqual([1 + 32, 8 + 16])
    expect(timing.busy).toBe(2)
  })

  it("with N = M runs in the dense mode and needs no mask", () => {
    const dense = { ...sparsity, pattern: { n: 4, m: 4 } }
    const input = ones(3, 3, 6, "ws", { rows: 4, cols: 2 })
    expect(stepArray({ ...input, sparsity: dense })).toEqual(stepArray(input))
  })

  it("refuses a mask that keeps another number of elements than the pattern", () => {
    const input = { ...ones(1, 1, 6, "os", {}), sparsity }
    expect(() => stepArray({ ...input, mask: Uint8Array.of(1, 1, 0, 0, 1, 0) })).toThrow(WorkloadError)
    expect(() => stepArray({ ...input, mask: Uint8Array.of(1, 0, 0, 0, 0, 0) })).toThrow(WorkloadError)
    expect(() => stepArray(input)).toThrow(WorkloadError)
  })
})

describe("what cannot be stepped", () => {
  it("is an adder that takes longer than the whole pipeline", () => {
    expect(() => stepArray(ones(1, 1, 1, "os", { accumulateLatency: 2 }))).toThrow(ConfigError)
  })

  it("is an operand of another shape", () => {
    expect(() => stepArray({ ...ones(2, 2, 2, "os", {}), a: new Float32Array(3) })).toThrow(WorkloadError)
  })
})
