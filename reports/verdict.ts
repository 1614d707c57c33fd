/** The answer in one sentence: a number, its cause, a remedy. */
import { type Aggregate, tallyBy, totalOf } from "./aggregate.ts"
import { bottlenecks, type CycleShare, type TrackBreakdown } from "./bottleneck.ts"
import type { Comparison } from "./compare.ts"
import { operationsOf } from "./operation-counts.ts"
import { remedyFor } from "./remedies.ts"
import { runLabel } from "./run-label.ts"
import { type StageShare, stageShares } from "./stage-shares.ts"
import { utilisationOf } from "./utilisation.ts"

export interface Verdict {
  /** One sentence that stands alone. */
  readonly sentence: string
  readonly cause: string
  readonly remedy: string
  /** Time by stage of the run, of run B in a comparison. */
  readonly stages: readonly StageShare[]
  /** For a comparison: the speed-up if every stage that prunes anything took no time; undefined otherwise. */
  readonly ceiling: number | undefined
}

/** A stage that takes this share of the time, in tenths of a percent, is what holds the run back. */
const dominantPermille = 400
/** A speed-up within half a percent of 1 is none. */
const noChange = 0.005

const percent = (permille: number): string => `${Math.round(permille / 10)} %`
const times = (ratio: number): string => `${ratio.toFixed(ratio < 10 ? 2 : 1)}×`

const dominantOf = (stages: readonly StageShare[]): StageShare | undefined =>
  stages.toSorted((a, b) => b.permille - a.permille)[0]

/** Tracks that a run's engine calls its multipliers' account, if it has one; else the track that works most is judged. */
const computeTracks: ReadonlySet<string> = new Set(["array", "tensor"])

const judgedTrack = (tracks: readonly TrackBreakdown[]): TrackBreakdown | undefined => {
  const busy = (track: TrackBreakdown): number =>
    track.shares.find(({ cause }) => cause === "busy")?.permille ?? 0
  return (
    tracks.find(({ track }) => computeTracks.has(track)) ?? tracks.toSorted((a, b) => busy(b) - busy(a))[0]
  )
}

const largestStall = (track: TrackBreakdown | undefined): CycleShare | undefined =>
  track?.shares.filter(({ cause }) => cause !== "busy").toSorted((a, b) => b.cycles - a.cycles)[0]

interface Reason {
  readonly cause: string
  readonly remedy: string
}

const stallReason = (aggregate: Aggregate): Reason | undefined => {
  const track = judgedTrack(bottlenecks(aggregate))
  const stall = largestStall(track)
  if (track === undefined) return undefined
  const busy = track.shares.find(({ cause }) => cause === "busy")
  if (stall === undefined || (busy !== undefined && busy.cycles >= 3 * stall.cycles)) {
    return {
      cause: `the ${track.name} is busy ${percent(busy?.permille ?? 0)} of the time`,
      remedy: computeTracks.has(track.track)
        ? "do fewer operations or add multipliers"
        : "ask less of it or widen it",
    }
  }
  return stall.cause === "unused"
    ? {
        cause: `the ${track.name} has no work for ${percent(stall.permille)} of the time`,
        remedy: "overlap the other units' work with it",
      }
    : {
        cause: `the ${track.name} waits on ${stall.cause} for ${percent(stall.permille)} of the time`,
        remedy: remedyFor(stall.cause),
      }
}

const nothingKnown: Reason = {
  cause: "the trace has no time account that says why",
  remedy: "add busy and stall counters to the engine",
}

/** What holds a run back: a stage that stays dense among sparse ones, else the stalls of the busiest unit. */
const reasonFor = (
  aggregate: Aggregate,
  stages: readonly StageShare[],
  ceiling: number | undefined,
): Reason => {
  const dominant = dominantOf(stages)
  const someAreSparse = stages.some(({ operations }) => operations === "sparse")
  if (dominant?.operations === "dense" && dominant.permille >= dominantPermille && someAreSparse) {
    const cap =
      ceiling === undefined ? "" : ` (with all that stays dense, the gain is capped at ${times(ceiling)})`
    return {
      cause: `${percent(dominant.permille)} of the step is ${dominant.stage}, which stays dense${cap}`,
      remedy: `make ${dominant.stage} sparse or faster`,
    }
  }
  return stallReason(aggregate) ?? nothingKnown
}

/** The verdict on one run, called `label` in the sentence. */
export const runVerdict = (aggregate: Aggregate, label = runLabel(aggregate.manifest)): Verdict => {
  const stages = stageShares(aggregate)
  const utilisation = utilisationOf(aggregate, totalOf(aggregate))
  const { cause, remedy } = reasonFor(aggregate, stages, undefined)
  const number =
    utilisation === undefined
      ? `The ${label} run takes ${Math.round(aggregate.cycles)} cycles`
      : `The ${label} run uses ${percent(utilisation.useful * 1000)} of the multipliers' peak`
  return { sentence: `${number}; ${cause}, so ${remedy}.`, cause, remedy, stages, ceiling: undefined }
}

/** The verdict on B against A. `b` is the aggregate that `comparison` was made with. */
export const compareVerdict = (comparison: Comparison, b: Aggregate): Verdict => {
  const stages = stageShares(b)
  const { speedup } = comparison
  // If everything that pruning touches took no time, the rest would still take its own: Amdahl's law.
  const untouched = unprunedCycles(b)
  const ceiling = untouched === 0 ? undefined : speedup * (comparison.b.cycles / untouched)
  const slowed = speedup < 1 - noChange ? worstSlowdown(comparison) : undefined
  const { cause, remedy } = slowed ?? reasonFor(b, stages, ceiling)
  return { sentence: `${outcome(comparison)}; ${cause}, so ${remedy}.`, cause, remedy, stages, ceiling }
}

/** Cycles of the stages in which nothing is pruned, whether they multiply or not. */
const unprunedCycles = (aggregate: Aggregate): number =>
  tallyBy(aggregate, ["stage"])
    .filter((tally) => {
      const macs = operationsOf(aggregate, tally)
      return macs["non-zero"] === macs["dense-equivalent"]
    })
    .reduce((sum, { cycles }) => sum + cycles, 0)

const outcome = ({ a, b, speedup }: Comparison): string => {
  if (!(speedup > 0 && Number.isFinite(speedup))) return `${a.label} or ${b.label} takes no time`
  if (Math.abs(speedup - 1) <= noChange) return `${b.label} is as fast as ${a.label}`
  return speedup > 1
    ? `${b.label} is ${times(speedup)} as fast as ${a.label}`
    : `${b.label} takes ${times(1 / speedup)} as long as ${a.label}`
}

/** The stage that loses most time where B is slower; a stage that only B has counts whole. */
const worstSlowdown = (comparison: Comparison): Reason | undefined => {
  const lost = new Map<string, number>()
  for (const row of comparison.rows) {
    lost.set(row.stage, (lost.get(row.stage) ?? 0) + row.b.seconds - row.a.seconds)
  }
  for (const row of comparison.onlyInB) {
    lost.set(row.stage, (lost.get(row.stage) ?? 0) + row.measured.seconds)
  }
  const worst = [...lost].toSorted((x, y) => y[1] - x[1])[0]
  if (worst === undefined || worst[1] <= 0) return undefined
  const [stage, seconds] = worst
  const share = Math.round((seconds / comparison.a.seconds) * 1000)
  return {
    cause: `${stage === "" ? "work outside all stages" : stage} takes ${percent(share)} of ${comparison.a.label}'s time more`,
    remedy: `shorten ${stage === "" ? "it" : stage} or hide it behind other work`,
  }
}
