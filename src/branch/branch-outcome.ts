/** What is told of a predictor's run, from its trace and measurement; plain numbers. */
import { clockOf } from "../../arch/machine.ts"
import { aggregate } from "../../reports/aggregate.ts"
import { causesOf } from "../../reports/bottleneck.ts"
import { energyReport } from "../../reports/energy.ts"
import type { BranchCounts } from "../../sim/branch/measure/static-branches.ts"
import type { WindowField } from "../../sim/branch/measure/window-series.ts"
import type { BranchModel } from "../../sim/branch/sparse/analyse-branches.ts"
import { imageBits } from "../../sim/branch/sparse/model-encoding.ts"
import type { BranchRun } from "./branch-run.ts"

export interface BranchOutcome {
  readonly machine: string
  readonly name: string
  readonly storageBits: number
  /** What MPKI are of. */
  readonly instructions: number
  readonly branches: number
  readonly conditional: number
  readonly mispredictions: number
  /** Mispredictions per thousand instructions. */
  readonly mpki: number
  /** Share of conditional branches predicted right. */
  readonly accuracy: number
  /** Warm-up left out, as in all that follows but energy. */
  readonly cycles: number
  readonly seconds: number
  /** Instructions per cycle. */
  readonly ipc: number
  /** Share of the cycles, by cause. */
  readonly time: readonly { readonly cause: string; readonly cycles: number; readonly share: number }[]
  /** Of the predictor's arrays, picojoules, warm-up included. */
  readonly energyPicojoules: number | null
  readonly energyUncertainShare: number | null
  readonly warmUp: Readonly<Record<WindowField, number>>
  readonly measured: Readonly<Record<WindowField, number>>
  readonly staticBranches: number
  readonly staticConditional: number
  readonly worst: readonly BranchCounts[]
  /** Where sparse models stand beside the predictor. */
  readonly sparse?: SparseOutcome
  readonly command: string
  readonly warnings: readonly string[]
}

/** What sparse models bought. */
export interface SparseOutcome {
  /** Instructions at the start that they were fitted to; null for learners. */
  readonly trainedInstructions: number | null
  /** Bits of the models; null for learners. */
  readonly bits: number | null
  readonly models: readonly Omit<BranchModel, "terms">[]
  /** The predictor without them, and others, over the same branches. */
  readonly beside: readonly {
    readonly machine: string
    readonly storageBits: number
    readonly mispredictions: number
    readonly mpki: number
    /** Of its mispredictions, the share that the run made less; negative where it made more. */
    readonly saved: number
  }[]
}

const sparseOutcome = (run: BranchRun, beside: readonly BranchRun[]): SparseOutcome => {
  const missed = run.measurement.measured.total.mispredictions
  return {
    trainedInstructions: run.trained?.instructions ?? null,
    bits: run.trained === undefined ? null : imageBits(run.trained.image),
    models: (run.trained?.models ?? []).map(({ address, executions, baseMisses, saved }) => ({
      address,
      executions,
      baseMisses,
      saved,
    })),
    beside: beside.map(({ machine, measurement, storageBits, instructions }) => {
      const { mispredictions } = measurement.measured.total
      return {
        machine: machine.id,
        storageBits,
        mispredictions,
        mpki: (1000 * mispredictions) / instructions,
        saved: mispredictions === 0 ? 0 : 1 - missed / mispredictions,
      }
    }),
  }
}

/** `beside`: runs over the same branches that sparse models are held against. */
export const branchOutcome = (run: BranchRun, beside: readonly BranchRun[] = []): BranchOutcome => {
  const { machine, measurement, trace, instructions, storageBits } = run
  const summed = aggregate(trace)
  const { total } = measurement.measured
  const energy = energyReport(summed)
  const windows = summed.items.filter(({ pass }) => pass === "measured")
  const measuredCycles = windows.reduce((sum, { duration }) => sum + duration, 0)
  const causes = causesOf(summed, "core", windows)
  return {
    machine: machine.id,
    name: machine.name,
    storageBits,
    instructions,
    branches: total.branches,
    conditional: total.conditional,
    mispredictions: total.mispredictions,
    mpki: (1000 * total.mispredictions) / instructions,
    accuracy: total.conditional === 0 ? 1 : 1 - total.mispredictions / total.conditional,
    cycles: measuredCycles,
    seconds: measuredCycles / clockOf(machine).value,
    ipc: total.instructions / measuredCycles,
    time: [...causes].map(([cause, cycles]) => ({ cause, cycles, share: cycles / measuredCycles })),
    energyPicojoules: energy?.total ?? null,
    energyUncertainShare: energy?.uncertainShare ?? null,
    warmUp: measurement.warmUp.total,
    measured: total,
    staticBranches: measurement.staticBranches,
    staticConditional: measurement.staticConditional,
    worst: measurement.worst,
    ...(machine.sparse === undefined ? {} : { sparse: sparseOutcome(run, beside) }),
    command: trace.manifest.command,
    warnings: trace.manifest.warnings,
  }
}
