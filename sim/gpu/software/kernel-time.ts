/** What a kernel costs, and which resource it waits for. */
import { softMaximum } from "./soft-maximum.ts"

/** Seconds that each resource would take if it were the only one. */
export interface ResourceTimes {
  /** Multiply-accumulate units, with the tiles that are padded and the SMs that idle in the last round. */
  readonly compute: number
  /** Shared memory, or L1 where a kernel reads through it. */
  readonly sharedMemory: number
  readonly l2: number
  readonly dram: number
  /** What no number of resident thread blocks hides: filling pipelines, waiting for loads, writing the last tile. */
  readonly latency: number
}

export type Resource = keyof ResourceTimes | "launch"

/** Bytes that cross each level, for the trace. */
export interface KernelTraffic {
  readonly sharedMemory: number
  readonly l2: number
  readonly dram: number
}

/** Multiply-accumulates of a product A (m × k) · B (k × n) with one sparse operand. */
export interface KernelOperations {
  /** m · n · k. */
  readonly denseEquivalent: number
  /** Those whose weight is kept. */
  readonly kept: number
  /** Those the units execute: kept ones, padding of tiles included. */
  readonly issued: number
}

/** A thread block's share of the output, and how the kernel is launched. */
export interface KernelLaunch {
  readonly name: string
  readonly blocks: number
  /** Thread blocks that an SM holds at once. */
  readonly blocksPerSm: number
  /** Times that the SMs are filled with blocks; the last may be partly empty. */
  readonly rounds: number
}

export interface KernelTime {
  /** Seconds, launch included. */
  readonly total: number
  readonly launch: number
  readonly resources: ResourceTimes
  /** The largest of the resources, or the launch if that is larger still. */
  readonly bound: Resource
  readonly grid: KernelLaunch
  readonly traffic: KernelTraffic
  readonly operations: KernelOperations
  /** The next best kernel of the catalogue, where one was searched. */
  readonly runnerUp?: { readonly name: string; readonly total: number }
}

/** Everything of a kernel but its total. */
export type KernelCost = Omit<KernelTime, "total" | "bound" | "runnerUp"> & {
  /** Seconds on the SMs: compute, shared memory and latency as the rounds compose them. */
  readonly onChip: number
}

/** total = launch + softMaximum(on chip, L2, DRAM); `onChip` is at least compute, shared memory and latency each. */
export const kernelTime = ({ onChip, ...cost }: KernelCost): KernelTime => {
  const { launch, resources } = cost
  const ranked = Object.entries({ ...resources, launch }) as readonly (readonly [Resource, number])[]
  const [bound] = ranked.reduce((most, entry) => (entry[1] > most[1] ? entry : most))
  return { ...cost, total: launch + softMaximum(onChip, resources.l2, resources.dram), bound }
}

/** The fastest of a catalogue, with what the second best costs. At least one. */
export const fastest = (kernels: readonly KernelTime[]): KernelTime => {
  const [best, second] = kernels.toSorted((a, b) => a.total - b.total)
  return second === undefined ? best : { ...best, runnerUp: { name: second.grid.name, total: second.total } }
}
