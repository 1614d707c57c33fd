/**
 * What the application asks of a run on a machine, whatever kind of machine it is. A kind is one function from a run's
 * input to this, chosen in `run-on.ts`; commands, bands and pages know nothing else of it.
 */
import type { Machine } from "../../arch/machine.ts"
import type { EnergyTable } from "../../arch/energy-table.ts"
import type { RowSink } from "../../sim/trace/builder.ts"
import type { Trace } from "../../sim/trace/trace.ts"
import type { RunInput } from "./run-input.ts"

export interface RunResult {
  readonly trace: Trace
  readonly cycles: number
}

/** Time and energy of a run without its trace: what bands re-evaluate. */
export interface RunCost {
  readonly cycles: number
  readonly seconds: number
  /** Static power included. @throws ConfigError where the table lacks a price */
  readonly picojoules: (table: EnergyTable) => number
}

export interface AblationResult {
  readonly feature: string
  /** Cycles of the run without it. */
  readonly cycles: number
  /** Time without it ÷ time with it: what the feature buys. */
  readonly buys: number
}

export interface AblationTable {
  readonly cycles: number
  /** Every feature switched off alone. */
  readonly each: readonly AblationResult[]
  /** What all of them together buy. */
  readonly all: number
}

export interface MachineRun {
  /**
   * Simulates; with a sink the rows go to disk as they come.
   * @throws ConfigError, UnsupportedError for what this kind of machine, or this machine, cannot do
   */
  readonly simulate: (sink?: RowSink) => RunResult
  /** The same run with nothing pruned; undefined where it prunes nothing. */
  readonly denseTwin: RunInput | undefined
  /** The run on the same machine with other numbers; absent where only a trace tells what it costs. */
  readonly costOn?: (machine: Machine) => RunCost
  /** The schedule that the run follows, as a file's text; absent where the kind has none to save. */
  readonly scheduleText?: () => string
  /** What each feature of the machine buys; absent where the kind has none to switch off. */
  readonly ablations?: () => AblationTable
}
