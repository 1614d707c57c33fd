/**
 * Rates of a run: operations, batches and samples per second, and per joule. A run is one inference or one training step
 * of a batch. A multiply-accumulate is two operations, and every rate says which of the four counts it divides.
 */
import type { OperationCount } from "../sim/trace/vocabulary.ts"
import { type Aggregate, totalOf } from "./aggregate.ts"
import { energyReport } from "./energy.ts"
import { operationsOf, perOperationCount } from "./operation-counts.ts"

export interface ThroughputEnergy {
  /** Joules of the whole run, static power included. */
  readonly perBatch: number
  readonly perSample: number
  /** Mean power: energy over time. */
  readonly watts: number
  /** What a board is held to; absent on machines that name no limit. */
  readonly limitWatts?: number
  /** 1e9 operations per joule, by each way of counting; the same as GOPS/W. */
  readonly gopsPerWatt: Readonly<Record<OperationCount, number>>
}

export interface Throughput {
  readonly seconds: number
  readonly batch: number
  /** 1e9 operations per second, by each way of counting. */
  readonly gops: Readonly<Record<OperationCount, number>>
  readonly batchesPerSecond: number
  /** Inputs of the network (images of a vision network). */
  readonly samplesPerSecond: number
  /** Undefined where the run has no energy table. */
  readonly energy: ThroughputEnergy | undefined
}

const powerLimitOf = ({ manifest }: Aggregate): number | undefined =>
  manifest.machine.numbers.find(({ path }) => path === "power.limit")?.value

/** Rates of the whole run; undefined for a run that takes no time. */
export const throughput = (aggregate: Aggregate): Throughput | undefined => {
  const { clockHertz, workload } = aggregate.manifest
  const seconds = aggregate.cycles / clockHertz
  if (!(seconds > 0)) return undefined
  const macs = operationsOf(aggregate, totalOf(aggregate))
  const joules = (energyReport(aggregate)?.total ?? 0) * 1e-12
  const limitWatts = powerLimitOf(aggregate)
  return {
    seconds,
    batch: workload.batch,
    gops: perOperationCount((count) => (2 * macs[count]) / seconds / 1e9),
    batchesPerSecond: 1 / seconds,
    samplesPerSecond: workload.batch / seconds,
    energy:
      joules > 0
        ? {
            perBatch: joules,
            perSample: joules / workload.batch,
            watts: joules / seconds,
            ...(limitWatts === undefined ? {} : { limitWatts }),
            gopsPerWatt: perOperationCount((count) => (2 * macs[count]) / joules / 1e9),
          }
        : undefined,
  }
}
