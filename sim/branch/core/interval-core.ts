/**
 * Interval analysis of an out-of-order core: between miss events instructions flow at the dispatch width; every event
 * stops the flow for a time of its own.
 *
 * Source: Karkhanis and Smith, "A first-order superscalar processor model", ISCA 2004; Eyerman, Smith and Eeckhout,
 * "Characterizing the branch misprediction penalty", ISPASS 2006: the penalty is the branch's resolution time, which
 * depends on how many instructions came into the window since the last event, plus the depth of the front end. Limits:
 * no caches, one kind of instruction, no wrong-path effects.
 */

export interface IntervalCore {
  /** Instructions dispatched per cycle while nothing is missed. */
  readonly width: number
  /** Cycles from fetch to dispatch: what a flush costs beyond the branch's resolution. */
  readonly frontEndDepth: number
  /** Cycles lost where a direct target is only known at decode. */
  readonly decodeRedirect: number
  /** Instructions in the window. */
  readonly windowEntries: number
  /** I(n) = scale × n^exponent instructions per cycle leave a window of n that is bound by dependences alone. */
  readonly parallelism: { readonly scale: number; readonly exponent: number }
}

/** Intervals longer than this fill any window, so they are counted as one. */
export const longestInterval = 4096

/**
 * Cycles from dispatch of a mispredicted branch to its execution, `interval` instructions after the last miss event: the
 * critical path of the n = min(interval, window) instructions before it, n ÷ I(n).
 */
export const resolutionCycles = (
  { windowEntries, parallelism: { scale, exponent } }: IntervalCore,
  interval: number,
): number => Math.max(1, Math.min(interval, windowEntries) ** (1 - exponent) / scale)

/** What stops the flow. Flushes wait for the branch to execute; `target` is found wrong at decode. */
export const flushCauses = ["mispredicted", "indirect-target", "return-target"] as const
export type FlushCause = (typeof flushCauses)[number]

/** Events of a stretch of instructions: how many intervals of each length ended in a flush, by cause, and redirects. */
export interface MissEvents {
  readonly instructions: number
  /** [cause × (longestInterval + 1) + interval] */
  readonly flushes: Float64Array
  readonly redirects: number
}

/** Cycles of a stretch by cause; their sum is its time. */
export interface CycleAccount {
  readonly dispatch: number
  readonly mispredicted: number
  readonly indirectTarget: number
  readonly returnTarget: number
  readonly decodeRedirect: number
}

/** Time of a stretch of instructions on a core. */
export const accountOf = (core: IntervalCore, events: MissEvents): CycleAccount => {
  const lost = flushCauses.map((_, cause) => {
    let cycles = 0
    for (let interval = 0; interval <= longestInterval; interval++) {
      const count = events.flushes[cause * (longestInterval + 1) + interval]
      if (count > 0) cycles += count * (resolutionCycles(core, interval) + core.frontEndDepth)
    }
    return cycles
  })
  return {
    dispatch: events.instructions / core.width,
    mispredicted: lost[0],
    indirectTarget: lost[1],
    returnTarget: lost[2],
    decodeRedirect: events.redirects * core.decodeRedirect,
  }
}
