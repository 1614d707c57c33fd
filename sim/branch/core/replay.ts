/**
 * The measured phase of a predictor's run as plain data, and its time on a core with other numbers. What a predictor and
 * the target buffers miss does not depend on the core's width, depth or window, so the events stay and only their price
 * changes.
 */
import {
  accountOf,
  type CycleAccount,
  flushCauses,
  type IntervalCore,
  longestInterval,
  type MissEvents,
} from "./interval-core.ts"

export interface BranchReplay {
  readonly model: "branch"
  readonly instructions: number
  readonly redirects: number
  /** By cause, in the order of `flushCauses`: instructions since the last event, and how many flushes came after so many. */
  readonly flushes: readonly (readonly (readonly [interval: number, count: number])[])[]
}

const perCause = longestInterval + 1

export const branchReplay = ({ instructions, redirects, flushes }: MissEvents): BranchReplay => ({
  model: "branch",
  instructions,
  redirects,
  flushes: flushCauses.map((_, cause) =>
    [...flushes.subarray(cause * perCause, (cause + 1) * perCause)].flatMap(
      (count, interval): readonly (readonly [number, number])[] => (count > 0 ? [[interval, count]] : []),
    ),
  ),
})

/** The core of a machine from its numbers by path. A number that is missing makes every time NaN. */
export const coreFrom = (numbers: ReadonlyMap<string, number>): IntervalCore => {
  const at = (path: string): number => numbers.get(`family.${path}`) ?? Number.NaN
  return {
    width: at("width"),
    frontEndDepth: at("frontEndDepth"),
    decodeRedirect: at("decodeRedirect"),
    windowEntries: at("windowEntries"),
    parallelism: { scale: at("parallelism.scale"), exponent: at("parallelism.exponent") },
  }
}

/**
 * Cycles by cause on a core. A trace rounds every window of the program to whole cycles, so its sum may be off by up to
 * a cycle a window; this is not rounded.
 */
export const replayAccount = (replay: BranchReplay, core: IntervalCore): CycleAccount => {
  const flushes = new Float64Array(flushCauses.length * perCause)
  for (const cause of flushCauses.keys()) {
    for (const [interval, count] of replay.flushes[cause] ?? []) flushes[cause * perCause + interval] = count
  }
  return accountOf(core, { instructions: replay.instructions, redirects: replay.redirects, flushes })
}
