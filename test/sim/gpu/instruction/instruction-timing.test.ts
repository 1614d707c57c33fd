/** Timing of single matrix instructions: published points, laws that hold on every board, and what is refused. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ConfigError, UnsupportedError } from "../../../../arch/errors.ts"
import { asGpuMachine } from "../../../../arch/machine.ts"
import {
  loadGpuMachine,
  loadMachine,
  machineFromText,
  machineIds,
} from "../../../../arch/machine-catalogue.ts"
import {
  alone,
  instructionPeak,
  instructionTiming,
} from "../../../../sim/gpu/instruction/instruction-timing.ts"
import type { MatrixInstruction } from "../../../../sim/gpu/instruction/matrix-instruction.ts"
import { stepSubCore } from "../../../../sim/gpu/instruction/step-sub-core.ts"
import { warpMmaCost } from "../../../../sim/gpu/instruction/warp-mma.ts"
import { chainProgram } from "../../../../sim/gpu/instruction/warp-program.ts"
import { runs } from "../../../arbitraries/runs.ts"
import { halfMma as fp16 } from "../../../fixtures/matrix-instructions.ts"

const boards = machineIds().filter((id) => loadMachine(id).kind === "gpu")
const a100 = loadGpuMachine("a100-sxm4-40gb")
const h800 = loadGpuMachine("h800-pcie")

const int8: MatrixInstruction = { ...fp16, k: 32, input: "int8", accumulate: "int32" }
const sparse: MatrixInstruction = { ...fp16, k: 32, a: "2:4" }
const shortSparse: MatrixInstruction = { ...fp16, a: "2:4" }
const wgmma = (n: number, aFrom: MatrixInstruction["aFrom"]): MatrixInstruction => ({
  ...fp16,
  op: "wgmma",
  m: 64,
  n,
  aFrom,
})

const instructions: readonly MatrixInstruction[] = [fp16, { ...fp16, k: 8 }, int8, sparse, shortSparse]
const anyInstruction = fc.constantFrom(...instructions)
const occupancy = fc.record({
  warps: fc.integer({ min: 1, max: 40 }),
  chains: fc.integer({ min: 1, max: 8 }),
})

describe("mma on A100", () => {
  // Sun et al., arXiv:2206.02874, Table 3: where more instructions in flight stop to help.
  it.each([
    ["m16n8k16", fp16, 4, 3],
    ["m16n8k16", fp16, 8, 2],
    ["m16n8k8", { ...fp16, k: 8 }, 4, 4],
    ["m16n8k8", { ...fp16, k: 8 }, 8, 3],
  ] as const)("%s saturates where Sun et al. find it: %#", (_, instruction, warps, published) => {
    expect(instructionTiming(a100, instruction, { warps, chains: "enough" }).chains).toBe(published)
  })

  it("alone is bound by its latency, with one warp a sub-core by the gap within a warp, with two by the rate", () => {
    expect(instructionTiming(a100, fp16, alone).bound).toBe("latency")
    expect(instructionTiming(a100, fp16, { warps: 4, chains: 8 }).bound).toBe("same warp")
    expect(instructionTiming(a100, fp16, { warps: 8, chains: 8 }).bound).toBe("rate")
  })

  it("gains a factor of two from 2:4 at full length, and 1.3 at half of it", () => {
    const dense = instructionTiming(a100, fp16).throughput
    expect(instructionTiming(a100, sparse).throughput / dense).toBeCloseTo(2, 9)
    const short = instructionTiming(a100, shortSparse)
    expect(short.bound).toBe("floor")
    expect(short.throughput / instructionTiming(a100, { ...fp16, k: 8 }).throughput).toBeCloseTo(1.315, 2)
  })

  it("has the latency of the dense instruction of half the reduction, where A is 2:4", () => {
    expect(instructionTiming(a100, sparse).latency).toBe(instructionTiming(a100, fp16).latency)
    expect(instructionTiming(a100, shortSparse).latency).toBe(
      instructionTiming(a100, { ...fp16, k: 8 }).latency,
    )
  })

  it("wastes half of the tensor core on 8 rows; on RTX 2080 Ti nothing", () => {
    const eight: MatrixInstruction = { ...int8, m: 8, k: 16 }
    const turing = loadGpuMachine("rtx-2080-ti")
    expect(instructionTiming(a100, eight).shareOfPeak).toBeCloseTo(0.485, 9)
    expect(instructionTiming(turing, eight).shareOfPeak).toBeCloseTo(0.993, 9)
  })
})

describe("wgmma on H800", () => {
  // Luo et al., arXiv:2402.13499: m64nNk16 in fp16, A in shared memory and in registers.
  it.each([
    [256, 128, 128],
    [128, 64, 64],
    [64, 32, 32],
    [32, 24, 16],
    [16, 20, 13],
    [8, 18, 13],
  ])("n = %d takes %d cycles with A in shared memory and %d with A in registers", (n, shared, registers) => {
    expect(instructionTiming(h800, wgmma(n, "shared")).interval).toBe(shared)
    expect(instructionTiming(h800, wgmma(n, "registers")).interval).toBe(registers)
  })

  it("of 2:4 is bound by its operands from shared memory and by the rate from registers", () => {
    const at = (aFrom: MatrixInstruction["aFrom"]) =>
      instructionTiming(h800, { ...wgmma(256, aFrom), k: 32, a: "2:4" })
    expect(at("shared")).toMatchObject({ interval: 144, bound: "operands" })
    expect(at("registers")).toMatchObject({ interval: 128, bound: "rate" })
  })

  it("outruns the legacy mma, which reaches 63 % of the peak and gains 1.42 from 2:4", () => {
    const legacy = instructionTiming(h800, fp16)
    expect(legacy.shareOfPeak).toBeCloseTo(0.629, 9)
    expect(instructionTiming(h800, wgmma(256, "shared")).shareOfPeak).toBe(1)
    expect(instructionTiming(h800, sparse).throughput / legacy.throughput).toBeCloseTo(1.42, 9)
  })
})

describe("every board", () => {
  it.each(boards)("%s times its fp16 instruction, below its peak", (id) => {
    const board = loadGpuMachine(id)
    const instruction = { ...fp16, k: 8 }
    const { throughput, latency } = instructionTiming(board, instruction)
    expect(latency).toBeGreaterThan(15)
    expect(throughput).toBeGreaterThan(0)
    expect(throughput).toBeLessThanOrEqual(instructionPeak(board, instruction))
  })

  it("obeys Little's law: in flight = throughput × round trip", () => {
    fc.assert(
      fc.property(anyInstruction, occupancy, (instruction, { warps, chains }) => {
        const subCores = a100.family.sm.subCores.value
        const t = instructionTiming(a100, instruction, { warps: warps * subCores, chains })
        const perCycle = t.throughput / (instruction.m * instruction.n * instruction.k)
        expect(perCycle * t.roundTrip).toBeCloseTo(warps * subCores * chains, 9)
      }),
      { numRuns: runs },
    )
  })

  it("is never slower with more warps or chains", () => {
    fc.assert(
      fc.property(anyInstruction, occupancy, (instruction, { warps, chains }) => {
        const at = (w: number, c: number) =>
          instructionTiming(a100, instruction, { warps: w, chains: c }).throughput * (1 + 1e-12)
        expect(at(warps + 1, chains)).toBeGreaterThanOrEqual(at(warps, chains) / (1 + 1e-12))
        expect(at(warps, chains + 1)).toBeGreaterThanOrEqual(at(warps, chains) / (1 + 1e-12))
      }),
      { numRuns: runs },
    )
  })

  it("is timed as the stepper counts, whose ticks are ten-thousandths of a cycle", () => {
    const ticks = (cycles: number): number => Math.round(cycles * 1e4)
    fc.assert(
      fc.property(
        anyInstruction,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 6 }),
        (instruction, warps, chains) => {
          const cost = warpMmaCost(a100, instruction)
          const program = chainProgram(chains, {
            latency: ticks(cost.latency),
            interval: ticks(cost.interval),
            gap: ticks(cost.sameWarpInterval),
          })
          const stepped = stepSubCore(program, { warps, issueInterval: ticks(1) })
          const { roundTrip } = instructionTiming(a100, instruction, { warps: 4 * warps, chains })
          // Rounding to ticks moves each of at most 24 instructions by half a tick.
          expect(Math.abs(stepped.ticksPerIteration / 1e4 - roundTrip)).toBeLessThan(24 * 0.5e-4)
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe("a board that only its data sheet describes", () => {
  it("has instruction timings, from its architecture", () => {
    const number = (value: number, unit: string): string =>
      `{ value: ${value}, unit: "${unit}", status: published, source: its data sheet }`
    const text = `
schema: sparsim-machine/1
id: my-board
kind: gpu
name: My board
about: A board that only its data sheet describes.
architecture: ada
clock: ${number(2475, "MHz")}
sms: ${number(46, "1")}
l2: { capacity: ${number(36, "MiB")} }
dram: { technology: GDDR6X, bandwidth: ${number(504, "GB/s")} }
power: { limit: ${number(200, "W")} }
energy: { table: gpu-ada-board, staticPower: ${number(30, "W")} }
`
    const mine = asGpuMachine(machineFromText(text, "my-board.yaml"))
    expect(instructionTiming(mine, fp16)).toEqual(instructionTiming(loadGpuMachine("rtx-4090"), fp16))
  })
})

describe("what a board has not", () => {
  it.each([
    ["a shape that no tensor core has", a100, { ...fp16, k: 48 }, /no such shape/],
    ["8 rows of floats", a100, { ...fp16, m: 8, k: 8 }, /8 rows/],
    ["wgmma before Hopper", a100, wgmma(64, "shared"), /no wgmma/],
    ["wgmma of 12 columns", h800, wgmma(12, "shared"), /no such shape/],
    ["tcgen05 before Blackwell", h800, { ...wgmma(64, "shared"), op: "tcgen05" }, /no tcgen05/],
    ["a format without tensor cores", a100, { ...int8, input: "fp8", accumulate: "fp32" }, /rate for fp8/],
    ["2:4 of bits", a100, { ...int8, k: 512, input: "b1", a: "2:4" }, /single bits/],
    ["2:4 on Turing", loadGpuMachine("rtx-2080-ti"), shortSparse, /no sparse tensor cores/],
    ["two steps on Turing", loadGpuMachine("rtx-2080-ti"), fp16, /half that reduction/],
  ] as const)("is refused: %s", (_, board, instruction, says) => {
    const timing = () => instructionTiming(board, instruction)
    expect(timing).toThrow(UnsupportedError)
    expect(timing).toThrow(says)
  })

  it("and a count of warps or chains that is none is an error", () => {
    expect(() => instructionTiming(a100, fp16, { warps: 0, chains: 1 })).toThrow(ConfigError)
    expect(() => instructionTiming(a100, fp16, { warps: 4, chains: 1.5 })).toThrow(/1\.5 chains/)
  })
})
