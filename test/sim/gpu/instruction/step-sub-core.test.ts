/** The stepped sub-core on programs whose schedule can be written down, and programs that are none. */
import { describe, expect, it } from "vitest"
import { criticalCircuit } from "../../../../sim/gpu/instruction/critical-circuit.ts"
import { programPeriod } from "../../../../sim/gpu/instruction/program-period.ts"
import { stepSubCore } from "../../../../sim/gpu/instruction/step-sub-core.ts"
import { chainProgram, type WarpProgram } from "../../../../sim/gpu/instruction/warp-program.ts"

const one = { warps: 1, issueInterval: 1 }

/** A load, then a product of the data that the load of `prefetch` iterations before brought. */
const loadThenMultiply = (prefetch: number): WarpProgram => [
  { unit: "shared", latency: 29, interval: 4, gap: 1, after: [] },
  { unit: "tensor", latency: 18, interval: 8, gap: 8, after: [{ on: 0, iterationsBack: prefetch }] },
]

describe("a warp", () => {
  it("that waits for every product takes a latency for each", () => {
    expect(stepSubCore(chainProgram(1, { latency: 18, interval: 4, gap: 5 }), one).ticksPerIteration).toBe(18)
  })

  it("that waits for its loads takes load and product one after the other", () => {
    // Load at 0, product at 29, the next load 8 later.
    expect(stepSubCore(loadThenMultiply(0), one).ticksPerIteration).toBe(37)
  })

  it("that loads ahead hides the load behind four products", () => {
    expect(stepSubCore(loadThenMultiply(4), one).ticksPerIteration).toBe(9)
  })
})

describe("two warps", () => {
  it("fill the gaps of one another", () => {
    const program = chainProgram(3, { latency: 18, interval: 4, gap: 6 })
    expect(stepSubCore(program, one).ticksPerIteration).toBe(18)
    expect(stepSubCore(program, { ...one, warps: 2 }).ticksPerIteration).toBe(24)
  })

  it("share the scheduler: it issues one instruction at a time", () => {
    const program = chainProgram(4, { latency: 1, interval: 1, gap: 1 })
    expect(stepSubCore(program, { warps: 2, issueInterval: 3 }).ticksPerIteration).toBe(24)
  })
})

it("the critical circuit of loads ahead may span several iterations: a mean that is no whole number", () => {
  const program: WarpProgram = [
    { unit: "shared", latency: 10, interval: 1, gap: 1, after: [{ on: 1, iterationsBack: 1 }] },
    { unit: "tensor", latency: 5, interval: 1, gap: 1, after: [{ on: 0, iterationsBack: 1 }] },
  ]
  expect(criticalCircuit(program, 1)).toBe(7.5)
  expect(stepSubCore(program, one).ticksPerIteration).toBe(7.5)
})

describe("what is no program", () => {
  const cost = { latency: 4, interval: 2, gap: 2 }
  it.each<[string, WarpProgram, RegExp]>([
    ["nothing", [], /needs instructions/],
    ["half a tick", chainProgram(1, { ...cost, latency: 0.5 }), /whole ticks/],
    [
      "a wait for a later instruction",
      [{ unit: "tensor", ...cost, after: [{ on: 0, iterationsBack: 0 }] }],
      /after it/,
    ],
    [
      "a wait for none",
      [{ unit: "tensor", ...cost, after: [{ on: 3, iterationsBack: 1 }] }],
      /not in the program/,
    ],
  ])("is refused by the stepper and the closed form: %s", (_, program, says) => {
    expect(() => stepSubCore(program, one)).toThrow(says)
    expect(() => programPeriod(program, one)).toThrow(says)
  })
})
