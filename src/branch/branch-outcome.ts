/** What is told of a predictor's run, from its trace and measurement; plain numbers. */
import { clockOf } from "../../arch/machine.ts"
import { aggregate } from "../../reports/aggregate.ts"
import { causesOf } from "../../reports/bottleneck.ts"
import { energyReport } from "../../reports/energy.ts"
import type { BranchCounts } from "../../sim/branch/measure/static-branches.ts"
import type { WindowField } from "../../sim/branch/measure/window-series.ts"
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
  readonly command: string
  readonly warnings: readonly string[]
}

export const branchOutcome = ({
  machine,
  measurement,
  trace,
  instructions,
  storageBits,
}: BranchRun): BranchOutcome => {
  const run = aggregate(trace)
  const { total } = measurement.measured
  const energy = energyReport(run)
  const windows = run.items.filter(({ pass }) => pass === "measured")
  const measuredCycles = windows.reduce((sum, { duration }) => sum + duration, 0)
  const causes = causesOf(run, "core", windows)
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
    command: trace.manifest.command,
    warnings: trace.manifest.warnings,
  }
}
