/** Where the cycles of each hardware unit go: busy, and stalls by cause. */
import { TraceError } from "../arch/errors.ts"
import { type Aggregate, type Tally } from "./aggregate.ts"
import { permilles } from "./largest-remainder.ts"

export interface CycleShare {
  /** "busy", the cause of a stall such as "dram-read", or "unused" where the run gives the unit no work. */
  readonly cause: string
  readonly cycles: number
  /** Tenths of a percent of the run; the shares of a track sum to exactly 1000. */
  readonly permille: number
}

export interface TrackBreakdown {
  readonly track: string
  readonly name: string
  readonly cycles: number
  /** Busy first, then stalls, largest first, then unused. */
  readonly shares: readonly CycleShare[]
}

const accountOf = (track: string): string => `time.${track}`

/**
 * The time account of every exclusive track that has one, over the whole run.
 * @throws TraceError when the busy and stalled cycles of a span do not sum to its duration.
 */
export const bottlenecks = (aggregate: Aggregate): readonly TrackBreakdown[] =>
  aggregate.manifest.tracks
    .filter((track) => track.exclusive && aggregate.columns.some((c) => c.component === accountOf(track.id)))
    .map((track) => {
      checkAccounts(aggregate, track.id)
      const byCause = causesOf(aggregate, track.id, aggregate.items)
      const accounted = [...byCause.values()].reduce((sum, cycles) => sum + cycles, 0)
      const unused = aggregate.cycles - accounted
      if (unused < 0) {
        throw new TraceError({
          message: `track ${track.id} accounts for ${accounted} cycles of a run of ${aggregate.cycles}`,
          place: { file: "counters.parquet", path: accountOf(track.id) },
          remedy: "Two spans account for the same cycles; count time on one level of the trace only.",
        })
      }
      const parts = [...byCause, ...(unused > 0 ? [["unused", unused] as const] : [])]
      const shares = permilles(parts.map(([, cycles]) => cycles))
      return {
        track: track.id,
        name: track.name,
        cycles: aggregate.cycles,
        shares: parts.map(([cause, cycles], index) => ({ cause, cycles, permille: shares[index] })),
      }
    })

/** Cycles of `track` by cause over `tallies`: busy first, then stalls, largest first. */
export const causesOf = (
  aggregate: Aggregate,
  track: string,
  tallies: readonly Tally[],
): ReadonlyMap<string, number> => {
  const sums: [string, number][] = []
  for (const [c, column] of aggregate.columns.entries()) {
    if (column.component !== accountOf(track)) continue
    const cycles = tallies.reduce((sum, tally) => sum + tally.counts[c], 0)
    if (cycles > 0) sums.push([column.action.replace(/^stall\./, ""), cycles])
  }
  const order = (cause: string): number => (cause === "busy" ? 0 : 1)
  return new Map(sums.toSorted((a, b) => order(a[0]) - order(b[0]) || b[1] - a[1] || (a[0] < b[0] ? -1 : 1)))
}

const checkAccounts = (aggregate: Aggregate, track: string): void => {
  for (const item of aggregate.items) {
    const accounted = [...causesOf(aggregate, track, [item]).values()].reduce((sum, n) => sum + n, 0)
    if (accounted !== 0 && accounted !== item.duration) {
      throw new TraceError({
        message: `${[item.pass, item.layer, item.stage].filter(Boolean).join(" / ")}: track ${track} accounts for ${accounted} cycles of a span of ${item.duration}`,
        place: { file: "counters.parquet", path: accountOf(track) },
        remedy: "Busy and stalled cycles of an exclusive track must sum to the span; the engine is wrong.",
      })
    }
  }
}
