/** All that is told of one predictor's run, from its trace alone. */
import type { Manifest } from "../../sim/trace/manifest.ts"
import type { Trace } from "../../sim/trace/trace.ts"
import { type Aggregate, aggregate, sumOf, totalOf } from "../aggregate.ts"
import { energyReport, type EnergyReport } from "../energy.ts"
import type { BranchCounts } from "./branch-counts.ts"
import { type BranchWindow, branchWindows, measuredPart, phaseCounts } from "./branch-windows.ts"
import { instructionRoofline, type InstructionRoofline } from "./instruction-roofline.ts"
import { type SparseReport, sparseReport } from "./sparse-models.ts"
import { type StaticBranch, staticBranches } from "./static-branches.ts"
import { storageBitsOf } from "./storage-bits.ts"

export interface BranchReport {
  readonly manifest: Manifest
  /** Items and cycles of the measured phase alone. */
  readonly measured: Aggregate
  readonly windows: readonly BranchWindow[]
  /** Sum of the measured phase. */
  readonly total: BranchCounts
  readonly warmUp: BranchCounts
  readonly worst: readonly StaticBranch[]
  readonly roofline: InstructionRoofline | undefined
  readonly storageBits: number | undefined
  readonly sparse: SparseReport | undefined
  /** Of the measured phase; undefined where the run has no energy table. */
  readonly energy: EnergyReport | undefined
  /** Picojoules an instruction, of the predictor alone. */
  readonly energyPerInstruction: number | undefined
}

/** @throws TraceError when the trace contradicts itself or counts what its energy table does not price. */
export const branchReport = (trace: Trace): BranchReport => {
  const whole = aggregate(trace)
  const measured = measuredPart(whole)
  const windows = branchWindows(whole)
  const declared = sumOf(measured, totalOf(measured), ["branch.declared-instructions"])
  const total = {
    ...phaseCounts(windows, "measured"),
    ...(declared === 0 ? {} : { declaredInstructions: declared }),
  }
  const energy = energyReport(measured)
  return {
    manifest: trace.manifest,
    measured,
    windows,
    total,
    warmUp: phaseCounts(windows, "warm-up"),
    worst: staticBranches(measured, total),
    roofline: instructionRoofline(trace.manifest, total, windows),
    storageBits: storageBitsOf(trace.manifest),
    sparse: sparseReport(measured),
    energy,
    energyPerInstruction:
      energy === undefined || total.instructions === 0 ? undefined : energy.total / total.instructions,
  }
}
