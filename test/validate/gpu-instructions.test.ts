/** Cases of matrix instructions: how near, how workloads are read, what is refused and why. */
import { describe, expect, it } from "vitest"
import { builtinCases } from "../../src/validate/builtin-cases.ts"
import type { ValidationCase } from "../../src/validate/case-file.ts"
import { validate, type ValidationResult } from "../../src/validate/validate.ts"

const cases = builtinCases.get("gpu-instructions")

const instructionCase = (
  workload: Readonly<Record<string, unknown>>,
  changes: Partial<ValidationCase> = {},
): ValidationCase => ({
  id: "a",
  model: "gpu",
  machine: "a100-sxm4-40gb",
  workload: {
    kind: "instruction",
    op: "mma",
    shape: "m16n8k16",
    input: "fp16",
    accumulate: "fp32",
    warpsPerSm: 8,
    ilp: 2,
    aFrom: null,
    ...workload,
  },
  metric: "throughput",
  unit: "FMA/clk/SM",
  value: 1000,
  evidence: "published",
  source: "a test",
  ...changes,
})

const run = (c: ValidationCase): ValidationResult =>
  validate([{ schema: "sparsim-cases/1", about: "a test", cases: [c] }])
const predicted = (c: ValidationCase): number => run(c).cases[0].predicted

describe("the built-in instruction cases", () => {
  const result = validate(cases === undefined ? [] : [cases])
  const mape = (metric: RegExp): number => {
    const errors = result.cases.filter((c) => metric.test(c.metric)).map(({ error }) => Math.abs(error))
    return errors.reduce((sum, error) => sum + error, 0) / errors.length
  }

  it("are all run", () => {
    expect(result.cases).toHaveLength(97)
    expect(result.unsupported).toEqual([])
  })

  it("are met within 3 % on average, latencies and throughputs apart", () => {
    expect(mape(/latency/)).toBeLessThan(0.03)
    expect(mape(/throughput/)).toBeLessThan(0.03)
  })

  it("are met better than the naive baseline does, in every group of at least four", () => {
    const worse = result.groups.filter(
      ({ n, mape: ours, baselineMape }) => n >= 4 && !(ours < (baselineMape ?? 0)),
    )
    expect(worse).toEqual([])
  })

  it("are met to the cycle for wgmma", () => {
    const wrong = result.cases.filter(({ group, equal }) => group.startsWith("wgmma") && !equal)
    expect(wrong).toEqual([])
  })
})

describe("a workload", () => {
  it("of an unknown ILP is taken as saturated", () => {
    expect(predicted(instructionCase({ ilp: null }))).toBe(predicted(instructionCase({ ilp: 6 })))
  })

  it("that says saturated is, whatever its counts", () => {
    expect(predicted(instructionCase({ warpsPerSm: 1, ilp: 1, saturated: true }))).toBe(
      predicted(instructionCase({})),
    )
  })

  it("of bf16 is timed like one of fp16, with fp32 accumulation named or not", () => {
    const half = predicted(instructionCase({}))
    expect(predicted(instructionCase({ input: "bf16" }))).toBe(half)
    expect(predicted(instructionCase({ input: "bf16", accumulate: null }))).toBe(half)
  })

  it("that is 2:4 by its sparsity is the same as one that is by its operation", () => {
    const short = { shape: "m16n8k32" }
    expect(predicted(instructionCase({ ...short, sparsity: "2:4" }))).toBe(
      predicted(instructionCase({ ...short, op: "mma.sp" })),
    )
  })

  it("may name formats as instruction sets do", () => {
    expect(predicted(instructionCase({ input: "s8", shape: "m16n8k32", accumulate: null }))).toBe(
      predicted(instructionCase({ input: "int8", shape: "m16n8k32", accumulate: "int32" })),
    )
  })

  it("may be given in TFLOPS of the board: 108 SMs at 1410 MHz", () => {
    const perSm = predicted(instructionCase({}))
    expect(predicted(instructionCase({}, { unit: "TFLOPS" }))).toBeCloseTo(
      (2 * perSm * 108 * 1.41e9) / 1e12,
      9,
    )
  })

  it("has a completion latency of one instruction alone, whatever its counts", () => {
    const latency = { metric: "completion_latency", unit: "cycles" }
    expect(predicted(instructionCase({}, latency))).toBe(
      predicted(instructionCase({ warpsPerSm: null, ilp: null }, latency)),
    )
  })
})

describe("a case that cannot be run says why", () => {
  it.each<[string, ValidationCase, RegExp]>([
    ["an unknown operation", instructionCase({ op: "wmma" }), /unknown operation "wmma"/],
    ["no shape", instructionCase({ shape: null }), /no shape/],
    ["an unknown format", instructionCase({ input: "fp64" }), /fp64/],
    [
      "an accumulator that does not exist",
      instructionCase({ accumulate: "int32" }),
      /adds fp16 products in int32/,
    ],
    ["another sparsity", instructionCase({ op: "mma.sp", sparsity: "1:4" }), /2:4 operands, not 1:4/],
    ["an unknown metric", instructionCase({}, { metric: "issue_rate" }), /unknown metric/],
    ["another unit", instructionCase({}, { unit: "GB/s" }), /GB\/s/],
    ["an unknown board", instructionCase({}, { machine: "v100" }), /no machine "v100"/],
    ["a machine of another kind", instructionCase({}, { machine: "sat-vcu1525" }), /not a GPU/],
  ])("%s", (_, c, says) => {
    expect(run(c).cases).toEqual([])
    expect(run(c).unsupported[0]?.reason).toMatch(says)
  })
})
