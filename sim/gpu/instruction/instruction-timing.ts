/** Latency and throughput of one matrix instruction on a board, and what bounds it. */
import { ConfigError } from "../../../arch/errors.ts"
import type { GpuMachine } from "../../../arch/machine.ts"
import { denseWork, type MatrixInstruction } from "./matrix-instruction.ts"
import { tensorRate } from "./operand-format.ts"
import { type IntervalBound, saturatingChains, steadyInterval } from "./steady-interval.ts"
import { warpMmaCost } from "./warp-mma.ts"
import { type FedInterval, tcgen05Interval, wgmmaInterval } from "./warpgroup-mma.ts"

/** Warps of one SM and the independent instructions that each keeps in flight; `enough` is the least that saturates. */
export interface Occupancy {
  readonly warps: number | "enough"
  readonly chains: number | "enough"
}

/** One warp, one instruction at a time. */
export const alone: Occupancy = { warps: 1, chains: 1 }
/** As many of both as make a difference. */
export const saturated: Occupancy = { warps: "enough", chains: "enough" }

export interface InstructionTiming {
  /** Cycles from issue to a dependent instruction that waits for nothing else. */
  readonly latency: number
  /** Cycles from an instruction to the next of its own chain, at this occupancy. */
  readonly roundTrip: number
  /** Cycles between two instructions of one sub-core (`mma`) or of the SM (`wgmma`, `tcgen05`), at this occupancy. */
  readonly interval: number
  /** Multiply-accumulates per cycle of one SM, on the uncompressed reduction. */
  readonly throughput: number
  /** Of the format's peak, the 2:4 one for 2:4. */
  readonly shareOfPeak: number
  readonly bound: IntervalBound | "operands"
  /** Warps of the SM and chains of each: those asked for, or the least that saturates. */
  readonly warps: number
  readonly chains: number
}

const checked = (n: number, what: string): number => {
  if (Number.isSafeInteger(n) && n > 0) return n
  throw new ConfigError({ message: `${n} ${what}: expected a whole number of at least 1` })
}

/** Peak of the board for this instruction, in multiply-accumulates per cycle of one SM, on the uncompressed reduction. */
export const instructionPeak = (board: GpuMachine, { input, accumulate, a }: MatrixInstruction): number =>
  tensorRate(board, input, accumulate) * (a === "2:4" ? board.family.sparseMultiplier.value : 1)

const warpTiming = (
  board: GpuMachine,
  instruction: MatrixInstruction,
  occupancy: Occupancy,
): InstructionTiming => {
  const cost = warpMmaCost(board, instruction)
  const subCores = board.family.sm.subCores.value
  // Two warps hide the gap within one, unless the interval is shorter than the gap.
  const enough = subCores * Math.ceil(cost.sameWarpInterval / cost.interval)
  const warps = occupancy.warps === "enough" ? enough : checked(occupancy.warps, "warps")
  // Warps are dealt to the sub-cores in turn: `fuller` sub-cores have one more than the others.
  const least = Math.floor(warps / subCores)
  const fuller = warps % subCores
  const most = least + (fuller > 0 ? 1 : 0)
  const chains =
    occupancy.chains === "enough" ? saturatingChains(cost, most) : checked(occupancy.chains, "chains")
  const busiest = steadyInterval(cost, { warps: most, chains })
  const rateOf = (n: number): number =>
    n === 0 ? 0 : denseWork(instruction) / steadyInterval(cost, { warps: n, chains }).cycles
  const throughput = fuller * rateOf(most) + (subCores - fuller) * rateOf(least)
  return {
    latency: cost.latency,
    roundTrip: busiest.cycles * most * chains,
    interval: busiest.cycles,
    throughput,
    shareOfPeak: throughput / instructionPeak(board, instruction),
    bound: busiest.bound,
    warps,
    chains,
  }
}

const fedTiming = (
  board: GpuMachine,
  instruction: MatrixInstruction,
  { cycles, bound }: FedInterval,
): InstructionTiming => {
  const throughput = denseWork(instruction) / cycles
  return {
    latency: cycles,
    roundTrip: cycles,
    interval: cycles,
    throughput,
    shareOfPeak: throughput / instructionPeak(board, instruction),
    bound,
    warps: board.family.sm.subCores.value,
    chains: 1,
  }
}

/**
 * Timing of a matrix instruction. `wgmma` and `tcgen05` run back to back from one issuer, so that occupancy does not enter
 * and their latency is their interval. @throws UnsupportedError for what the board lacks; ConfigError for counts below 1
 */
export const instructionTiming = (
  board: GpuMachine,
  instruction: MatrixInstruction,
  occupancy: Occupancy = saturated,
): InstructionTiming => {
  switch (instruction.op) {
    case "mma":
      return warpTiming(board, instruction, occupancy)
    case "wgmma":
      return fedTiming(board, instruction, wgmmaInterval(board, instruction))
    case "tcgen05":
      return fedTiming(board, instruction, tcgen05Interval(board, instruction))
  }
}
