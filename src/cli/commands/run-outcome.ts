/** What a run found. */
import { aggregate } from "../../../reports/aggregate.ts"
import { compare } from "../../../reports/compare.ts"
import { compareVerdict, runVerdict } from "../../../reports/verdict.ts"
import type { Trace } from "../../../sim/trace/trace.ts"
import type { AblationTable } from "../../run/machine-run.ts"
import { type PreparedRun } from "../../run/prepare-run.ts"
import type { Band } from "../../run/uncertainty.ts"

/** What a run found, and its dense twin where the run is sparse. */
export interface RunOutcome {
  readonly prepared: PreparedRun
  readonly trace: Trace
  readonly dense?: Trace
  /** Of the speed-up, or of the time where nothing is pruned. */
  readonly band?: Band
  /** Of the energy, in picojoules. */
  readonly energyBand?: Band
  readonly ablations?: AblationTable
}

/** The sentence of an outcome. */
export const outcomeVerdict = ({ trace, dense }: Pick<RunOutcome, "trace" | "dense">): string => {
  const run = aggregate(trace)
  return dense === undefined
    ? runVerdict(run).sentence
    : compareVerdict(compare(aggregate(dense), run), run).sentence
}

export const isScaleSimRun = ({ manifest: { settings } }: Trace): boolean => settings["compat"] === "scalesim"
