/** Steady state of a sub-core that only issues matrix instructions: Little's law with what bounds it. */
import type { PipelineCost } from "./warp-mma.ts"

/** Warps on one sub-core, each with `chains` instructions in flight that depend only on their own predecessors. */
export interface InFlight {
  readonly warps: number
  readonly chains: number
}

export type IntervalBound = "rate" | "floor" | "same warp" | "latency"

export interface SteadyInterval {
  /** Cycles between two instructions of the sub-core, on average. */
  readonly cycles: number
  readonly bound: IntervalBound
}

/**
 * Cycles between two instructions in the long run: max(interval, same-warp interval / warps, latency / in flight).
 * Exact for in-order warps of equal instructions and a scheduler that goes round the ready ones: the stepper counts the
 * same for all whole latencies, intervals, warps and chains (test/properties/sub-core.test.ts).
 */
export const steadyInterval = (cost: PipelineCost, { warps, chains }: InFlight): SteadyInterval => {
  const sameWarp = cost.sameWarpInterval / warps
  const latency = cost.latency / (warps * chains)
  if (latency > Math.max(cost.interval, sameWarp)) return { cycles: latency, bound: "latency" }
  if (sameWarp > cost.interval) return { cycles: sameWarp, bound: "same warp" }
  return { cycles: cost.interval, bound: cost.intervalBound }
}

/**
 * Least chains of each warp with which more make it no faster. For A100 these are the convergence points of Sun et al.
 * (arXiv:2206.02874, Table 3): 3 or 4 with one warp on each sub-core, 2 or 3 with two.
 */
export const saturatingChains = (cost: PipelineCost, warps: number): number =>
  Math.ceil(cost.latency / Math.max(cost.sameWarpInterval, warps * cost.interval))
