/** How much faster a training step gets by pruning, on several networks, and how sure that is. */
import type { ArrayMachine } from "../../arch/machine.ts"
import { trainingOperations } from "../../dataflows/operation-count.ts"
import type { NmPattern } from "../../dataflows/sparsity/nm-pattern.ts"
import type { TrainingMethod } from "../../dataflows/training-method.ts"
import { type MappedWork, mapNetwork } from "../../dataflows/work.ts"
import { planCycles, planRun } from "../../sim/sat/plan.ts"
import { arrayModel } from "../../sim/sat/stage-cost.ts"
import { buildNetwork } from "../workload/networks/build-network.ts"
import { withNumber } from "../run/uncertainty.ts"
import { sampleMachines, unknownNumbers } from "./machine-samples.ts"

/**
 * The networks that readable notes name for SAT's published mean, each with a batch that its data set is usually trained
 * with per device. Batches are assumed: the paper's are not readable.
 */
export const paperNetworks = [
  { network: "resnet18-cifar", batch: 128 },
  { network: "vgg19-cifar", batch: 128 },
  { network: "resnet50-imagenet", batch: 32 },
  { network: "vit-b/16", batch: 32 },
  { network: "resnet18-imagenet", batch: 32 },
] as const

export interface StudyInput {
  readonly machine: ArrayMachine
  readonly method: TrainingMethod
  readonly pattern: NmPattern
  readonly networks: readonly { readonly network: string; readonly batch: number }[]
  /** Machines drawn from the ranges of unknown numbers. */
  readonly samples: number
  readonly seed: number
  /** Whether to move every unknown number to both ends of its range. */
  readonly tornado: boolean
}

export interface Interval {
  /** At the machine's own numbers. */
  readonly value: number
  /** Quantiles over the sampled machines. */
  readonly p5: number
  readonly median: number
  readonly p95: number
}

export interface StudyRow extends Interval {
  readonly network: string
  readonly batch: number
  /** Speed-up if only operations took time. */
  readonly operationBound: number
}

export interface TornadoBar {
  readonly path: string
  readonly low: number
  readonly high: number
  /** Mean speed-up with the number at either end of its range. */
  readonly atLow: number
  readonly atHigh: number
}

export interface StudyResult {
  readonly rows: readonly StudyRow[]
  /** Mean over the networks. */
  readonly mean: Interval
  /** Most influential number first. */
  readonly tornado: readonly TornadoBar[]
}

interface Pair {
  readonly dense: MappedWork
  readonly sparse: MappedWork
}

const speedup = ({ dense, sparse }: Pair, machine: ArrayMachine): number => {
  const model = arrayModel(machine)
  return planCycles(planRun(dense, model)) / planCycles(planRun(sparse, model))
}

/** Linear interpolation between order statistics (R-7, as d3's quantile). */
export const quantile = (values: readonly number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * q
  const below = Math.floor(at)
  return sorted[below] + (at - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below])
}

const interval = (value: number, samples: readonly number[]): Interval =>
  samples.length === 0
    ? { value, p5: value, median: value, p95: value }
    : { value, p5: quantile(samples, 0.05), median: quantile(samples, 0.5), p95: quantile(samples, 0.95) }

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Runs the study; `step` hears how much of it is done. */
export const trainingSpeedupStudy = (
  input: StudyInput,
  step: (share: number) => void = () => undefined,
): StudyResult => {
  const { machine, method, pattern } = input
  const networks = input.networks.map(({ network, batch }) => ({
    network,
    batch,
    built: buildNetwork(network, { batch }),
  }))
  const pairs = networks.map(({ built }): Pair => ({
    dense: mapNetwork(built, { training: "dense" }),
    sparse: mapNetwork(built, { training: method, pattern }),
  }))
  const numbers = input.tornado ? unknownNumbers(machine) : []
  const total = 1 + input.samples + 2 * numbers.length
  let done = 0
  const speedups = (at: ArrayMachine): readonly number[] => {
    const out = pairs.map((pair) => speedup(pair, at))
    step(++done / total)
    return out
  }
  const base = speedups(machine)
  const sampled = sampleMachines(machine, input.samples, input.seed).map(speedups)
  const tornado = numbers.map((number): TornadoBar => {
    const [low, high] = number.range ?? [number.value, number.value]
    return {
      path: number.path,
      low,
      high,
      atLow: mean(speedups(withNumber(machine, number.path, low))),
      atHigh: mean(speedups(withNumber(machine, number.path, high))),
    }
  })
  return {
    rows: networks.map(({ network, batch, built }, i) => {
      const { dense, sparse } = trainingOperations(built, method, pattern)
      return {
        network,
        batch,
        operationBound: dense / sparse,
        ...interval(
          base[i],
          sampled.map((values) => values[i]),
        ),
      }
    }),
    mean: interval(mean(base), sampled.map(mean)),
    tornado: tornado.toSorted(
      (a, b) => Math.abs(b.atHigh - b.atLow) - Math.abs(a.atHigh - a.atLow) || (a.path < b.path ? -1 : 1),
    ),
  }
}
