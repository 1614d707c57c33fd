/**
 * The offline schedule: which dataflow and tiling each product of a run gets. Switching the interconnect costs cycles, so
 * the cheapest dataflow of a product depends on its neighbours: the choice is the shortest path through all products.
 */
import type { MappedGemm } from "../../dataflows/gemm.ts"
import type { EstimatedMapping, Mapping } from "./best-mapping.ts"

/** Place of a product in a run. */
export interface ProductPlace {
  readonly pass: string
  readonly layer: string
  readonly stage: string
  /** Number of the product in its stage. */
  readonly product: number
}

export interface ScheduleEntry extends ProductPlace, Mapping {}

export const placeKey = ({ pass, layer, stage, product }: ProductPlace): string =>
  JSON.stringify([pass, layer, stage, product])

/**
 * One mapping for each product, in order, so that Σ time + switches × `switchLatency` is least (Viterbi over the dataflows;
 * exact for the estimated times). `options[i]` are the mappings of product i.
 */
export const shortestSchedule = (
  options: readonly (readonly EstimatedMapping[])[],
  switchLatency: number,
): readonly Mapping[] => {
  const chosen: number[][] = []
  let costs: readonly number[] = []
  for (const [i, mappings] of options.entries()) {
    const previous = options[i - 1] ?? []
    const from: number[] = []
    costs = mappings.map((mapping) => {
      let best = i === 0 ? 0 : Number.POSITIVE_INFINITY
      let bestFrom = 0
      for (const [p, before] of previous.entries()) {
        const cost = costs[p] + (before.dataflow === mapping.dataflow ? 0 : switchLatency)
        if (cost < best) [best, bestFrom] = [cost, p]
      }
      from.push(bestFrom)
      return best + mapping.time
    })
    chosen.push(from)
  }
  let at = costs.indexOf(Math.min(...costs))
  const path: Mapping[] = []
  for (let i = options.length - 1; i >= 0; i--) {
    const { dataflow, tiling } = options[i][at]
    path.push({ dataflow, tiling })
    at = chosen[i][at]
  }
  return path.reverse()
}

/** What two products must share to have the same mappings and cost. */
export const shapeKey = (work: MappedGemm): string => {
  const { gemm, count, a, b, sparsity } = work
  const sparse = sparsity === undefined ? "" : JSON.stringify(sparsity)
  return `${gemm.m},${gemm.n},${gemm.k},${count},${a.role}${a.uniqueElements},${b.role}${b.uniqueElements},${sparse}`
}
