/** Time of one kernel of a catalogue on one board, with every term it is made of. */
import type { GemmBoard } from "./gemm-board.ts"
import type { GpuGemm, OperandBytes } from "./gemm-request.ts"
import { backToBackResidency, type DramTraffic, dramTraffic } from "./dram-traffic.ts"
import { type CtaTile, type KernelFamily, occupancy } from "./kernel-catalogue.ts"
import { type BenchmarkRuns, type CappedClock, cappedClock } from "./power-cap.ts"
import { partialSumBytes, reductionSeconds } from "./split-k.ts"
import { gridOf, type Grid } from "./wave-quantisation.ts"

/** Resources that a main loop uses at the same time. */
export type Resource = "tensor" | "ingress" | "l2" | "dram"

/** The protocol of the measurements (github bcacdwk/vllmbench@92a8ca49). A network runs for as long as it takes. */
const benchmarkRuns: BenchmarkRuns = { warmUp: 25, timed: 50 }

/** Times are seconds, at the clock that the power limit leaves; bytes are of one run. */
export interface KernelTime {
  readonly tile: CtaTile
  readonly split: number
  readonly stages: number
  readonly occupancy: number
  readonly grid: Grid
  /** Busy time of each resource in the main loop if it alone limited. */
  readonly resources: Readonly<Record<Resource, number>>
  /** The main loop: the p-norm of the resources, so at least the largest of them. */
  readonly mainLoop: number
  /** Pipeline fill and drain, results out, second pass of split-K. */
  readonly fill: number
  readonly epilogue: number
  readonly reduction: number
  /** Gap between back-to-back kernels, and idle time because launches do not come faster. */
  readonly launch: number
  readonly launchWait: number
  /** launch + mainLoop + fill + epilogue + reduction + launchWait. */
  readonly time: number
  readonly bound: Resource | "launch"
  /** Tensor-pipe cycles of the busiest SM, its padding included. */
  readonly tensorCycles: number
  /** Multiply-accumulates that the grid issues, counted on the uncompressed reduction, padding included. */
  readonly issuedMacs: number
  /** Those of the SM with most thread blocks. */
  readonly busiestSmMacs: number
  readonly l2Bytes: number
  readonly partialSumBytes: number
  readonly dram: DramTraffic
  /** Clock in Hz while below the power limit. */
  readonly fullClock: number
  /** Clock in Hz, and watts above idle that the kernel would draw at full clock. */
  readonly clock: number
  readonly clockRatio: number
  readonly uncappedPower: number
}

/** Of an fp32 or int32 sum, before it becomes an output. */
const accumulatorBytes = 4

/** Reductions are padded to this many elements. */
const kGranule = 64

/**
 * time = max(floor, gap + ‖tensor, ingress, l2, dram‖_p + fill + epilogue + reduction).
 *
 * tensor   = perSm · Tm·Tn·K / (peak · issue efficiency) · (1 + o/Tm + o/Tn) · (1 + stall/resident)
 * ingress  = perSm · ((Tm·a + Tn·w)·K / min(SM limit, resident · block limit) + K·a/128 · step latency / resident)
 * l2       = CTAs · (Tm·a + Tn·w)·K / (SMs · L2 rate)
 * dram     = DRAM bytes / (bandwidth · efficiency)
 * fill     = ⌈perSm/resident⌉ · fill of a round
 * epilogue = perSm · Tm·Tn · 4 B / epilogue rate, since 32-bit sums pass through shared memory whatever they become
 *
 * a, w: bytes of an activation and of a weight position, metadata included. The power limit stretches all but DRAM.
 *
 * Undefined if it takes longer than `atMost` seconds even at full clock: what the power limit makes of it need not be known.
 */
export const kernelTime = (
  gemm: GpuGemm,
  bytes: OperandBytes,
  board: GemmBoard,
  family: KernelFamily,
  tile: CtaTile,
  split: number,
  atMost = Number.POSITIVE_INFINITY,
): KernelTime | undefined => {
  const { m, n, k } = gemm
  const weightBytes = bytes.weightValues + bytes.metadata
  const clock = board.clock * family.clockOverBoost
  const fit = occupancy(tile, family, board)
  const { context } = gemm
  const batch = context?.batch ?? 1
  const grid = gridOf(m, n, tile, split, batch, board.sms, fit)
  const partK = Math.ceil(k / split / kGranule) * kGranule
  const area = tile.m * tile.n

  const peak = board.tensor[gemm.dtype] * (gemm.sparsity === "dense" ? 1 : board.sparseMultiplier)
  const edge = 1 + family.tileOverhead / tile.m + family.tileOverhead / tile.n
  const alone = 1 + family.residentStall / grid.resident
  const tensorCycles = ((grid.perSm * area * partK) / (peak * family.issueEfficiency)) * edge * alone

  const operandBytes = (tile.m * bytes.activation + tile.n * weightBytes) * partK
  const ingressRate = Math.min(family.smIngress, grid.resident * family.ctaIngress)
  const stepCycles = ((partK * bytes.activation) / 128) * family.stepLatency
  const ingressCycles = grid.perSm * (operandBytes / ingressRate + stepCycles / grid.resident)

  const l2Bytes = grid.ctas * operandBytes
  const l2Rate = family.l2PerSm * board.sms
  const l2Cycles = l2Bytes / l2Rate

  const activation = context?.activationBytes ?? m * k * bytes.activation
  const weight = batch * n * k * weightBytes
  const output = batch * m * n * bytes.output
  const capacity = family.l2Resident * board.l2
  const dram = dramTraffic(
    activation,
    weight,
    output,
    grid,
    board.sms * Math.min(fit, 2),
    capacity,
    context?.resident ?? backToBackResidency(activation + weight + output, capacity),
    family,
  )
  const dramSeconds = dram.bytes / (board.dram * family.dramEfficiency)

  const epilogueCycles = (grid.perSm * area * accumulatorBytes) / family.epilogueRate
  const reduction = reductionSeconds(split, batch * m, n, l2Rate * clock, family)

  const p = family.overlapExponent
  const onChip = tensorCycles ** p + ingressCycles ** p + l2Cycles ** p
  const dramPart = (dramSeconds * clock) ** p
  const mainLoopAt = (ratio: number): number => (onChip / ratio ** p + dramPart) ** (1 / p) / clock
  const fillCycles = family.fill * Math.ceil(grid.perSm / grid.resident)
  const fixedCycles = fillCycles + epilogueCycles
  const busyAt = (ratio: number): number => mainLoopAt(ratio) + fixedCycles / (clock * ratio) + reduction

  if (family.launchGap + busyAt(1) > atMost) return undefined

  const kept = gemm.sparsity === "dense" ? 1 : 0.5
  const capped: CappedClock = cappedClock(
    busyAt,
    2 * batch * m * n * k * kept * family.operationEnergy + l2Bytes * family.l2Energy,
    dram.bytes * family.dramEnergy,
    {
      sustained: board.powerLimit - board.idlePower,
      surge: family.surge * board.powerLimit - board.idlePower,
    },
    family.voltageExponent,
    family.settling,
    context === undefined ? benchmarkRuns : undefined,
  )
  const actual = clock * capped.ratio
  const mainLoop = mainLoopAt(capped.ratio)
  const kernel = mainLoop + fixedCycles / actual + reduction
  const time = Math.max(family.launchFloor, family.launchGap + kernel)
  const resources = {
    tensor: tensorCycles / actual,
    ingress: ingressCycles / actual,
    l2: l2Cycles / actual,
    dram: dramSeconds,
  }
  return {
    tile,
    split,
    stages: family.stages,
    occupancy: fit,
    grid,
    resources,
    mainLoop,
    fill: fillCycles / actual,
    epilogue: epilogueCycles / actual,
    reduction,
    launch: family.launchGap,
    launchWait: Math.max(0, family.launchFloor - (family.launchGap + kernel)),
    time,
    bound: time - mainLoop > mainLoop ? "launch" : boundOf(resources),
    tensorCycles,
    issuedMacs: grid.ctas * area * partK,
    busiestSmMacs: grid.perSm * area * partK,
    l2Bytes,
    partialSumBytes: partialSumBytes(split, batch * m, n, family),
    dram,
    fullClock: clock,
    clock: actual,
    clockRatio: capped.ratio,
    uncappedPower: capped.uncappedPower,
  }
}

const boundOf = ({ tensor, ingress, l2, dram }: Readonly<Record<Resource, number>>): Resource => {
  const most = Math.max(tensor, ingress, l2, dram)
  if (most === tensor) return "tensor"
  if (most === dram) return "dram"
  return most === l2 ? "l2" : "ingress"
}
