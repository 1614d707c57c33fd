/** What a trace tells of sparse models: which branches have one, what it looks at, and what ran beside. */
import { type Aggregate, totalOf } from "../aggregate.ts"

export interface SparseModelCounts {
  /** As the trace writes it. */
  readonly address: string
  readonly terms: number
  /** Of the stretch that the model was fitted to. */
  readonly executions: number
  readonly misses: number
  /** Of those misses, how many the model would have saved, by validation. */
  readonly saved: number
}

export interface BesideCounts {
  readonly machine: string
  readonly mispredictions: number
  readonly storageBits: number
}

/** Misses saved by how many outcomes ago the outcome is, from 1; without those that save none. */
export interface HistoryPositions {
  readonly history: "global" | "local"
  readonly saved: readonly { readonly ago: number; readonly misses: number }[]
}

export interface SparseReport {
  /** By falling misses saved. */
  readonly models: readonly SparseModelCounts[]
  readonly positions: readonly HistoryPositions[]
  /** In the order of the run: the predictor without models first. */
  readonly beside: readonly BesideCounts[]
}

/** Counts of components `prefix` + name, by name and action. */
const byName = (aggregate: Aggregate, prefix: string): ReadonlyMap<string, ReadonlyMap<string, number>> => {
  const { counts } = totalOf(aggregate)
  const found = new Map<string, Map<string, number>>()
  for (const [c, { component, action }] of aggregate.columns.entries()) {
    if (!component.startsWith(prefix)) continue
    const name = component.slice(prefix.length)
    const actions = found.get(name) ?? new Map<string, number>()
    actions.set(action, (actions.get(action) ?? 0) + counts[c])
    found.set(name, actions)
  }
  return found
}

/** Undefined where the run had nothing beside it and no models. */
export const sparseReport = (measured: Aggregate): SparseReport | undefined => {
  const models = [...byName(measured, "sparse-model.")]
    .map(([address, of]) => ({
      address,
      terms: of.get("terms") ?? 0,
      executions: of.get("executions") ?? 0,
      misses: of.get("misses") ?? 0,
      saved: of.get("saved") ?? 0,
    }))
    .toSorted((a, b) => b.saved - a.saved || (a.address < b.address ? -1 : 1))
  const positions = byName(measured, "sparse-position.")
  const beside = [...byName(measured, "beside.")].map(([machine, of]) => ({
    machine,
    mispredictions: of.get("mispredictions") ?? 0,
    storageBits: of.get("storage-bits") ?? 0,
  }))
  if (models.length === 0 && beside.length === 0) return undefined
  return {
    models,
    positions: (["global", "local"] as const).map((history) => ({
      history,
      saved: [...(positions.get(history) ?? [])]
        .map(([ago, misses]) => ({ ago: Number(ago), misses }))
        .filter(({ misses }) => misses > 0)
        .toSorted((a, b) => a.ago - b.ago),
    })),
    beside,
  }
}
