/** Many runs beside each other: time, energy, and which of them no other beats in both. */
import { type Aggregate, aggregate, totalOf } from "./aggregate.ts"
import { energyReport } from "./energy.ts"
import { operationsOf, type OperationCounts } from "./operation-counts.ts"
import { isDominated } from "./pareto-front.ts"
import { type RooflinePoint, roofline } from "./roofline.ts"
import { runLabels } from "./run-labels.ts"
import type { Trace } from "../sim/trace/trace.ts"
import { type Utilisation, utilisationOf } from "./utilisation.ts"

export interface OverviewRun {
  readonly label: string
  readonly aggregate: Aggregate
  readonly seconds: number
  /** Undefined where the run has no energy table. */
  readonly picojoules: number | undefined
  readonly macs: OperationCounts
  readonly utilisation: Utilisation | undefined
  /** The whole run. */
  readonly point: RooflinePoint
  /** What runs are compared by: time, and energy, of the same work. */
  readonly cost: number
  readonly value: number
  /** Undefined where energy is not known of every run. */
  readonly onFront: boolean | undefined
}

export interface Overview {
  /** As they were given. */
  readonly runs: readonly OverviewRun[]
  /** What the runs are compared by: `run` where all do the same work, else a thousand million dense-equivalent MACs. */
  readonly per: "run" | "GMAC"
}

/**
 * Runs of the same work are compared as they are; others by what a thousand million of their dense-equivalent MACs cost.
 * @throws TraceError when a trace contradicts itself or counts what its energy table does not price.
 */
export const overview = (traces: readonly Trace[]): Overview => {
  const labels = runLabels(traces.map(({ manifest }) => manifest))
  const measured = traces.map((trace, i) => {
    const run = aggregate(trace)
    const total = totalOf(run)
    return {
      label: labels[i],
      aggregate: run,
      seconds: run.cycles / run.manifest.clockHertz,
      picojoules: energyReport(run)?.total,
      macs: operationsOf(run, total),
      utilisation: utilisationOf(run, total),
      point: roofline(run).total,
    }
  })
  const sameWork = new Set(measured.map(({ macs }) => macs["dense-equivalent"])).size === 1
  const priced = measured.every(({ picojoules }) => picojoules !== undefined)
  const compared = measured.map((run) => {
    const work = sameWork ? 1 : run.macs["dense-equivalent"] / 1e9
    return { ...run, cost: run.seconds / work, value: (run.picojoules ?? Number.NaN) / work }
  })
  return {
    per: sameWork ? "run" : "GMAC",
    runs: compared.map((run) => ({ ...run, onFront: priced ? !isDominated(run, compared) : undefined })),
  }
}

/** The first of those that cost least time. */
export const fastestOf = ({ runs }: Overview): OverviewRun =>
  runs.reduce((best, run) => (run.cost < best.cost ? run : best))
