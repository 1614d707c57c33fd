/** Predictors that no other beats in both storage and mispredictions. */

export interface Trade {
  readonly bits: number
  readonly mpki: number
}

/** Another needs no more storage and mispredicts no more, and is better in one of the two. */
export const isDominated = (trade: Trade, all: readonly Trade[]): boolean =>
  all.some(
    ({ bits, mpki }) => bits <= trade.bits && mpki <= trade.mpki && (bits < trade.bits || mpki < trade.mpki),
  )

/** The trades that nothing dominates, by rising storage; their MPKI fall. */
export const paretoFront = <T extends Trade>(all: readonly T[]): readonly T[] =>
  all.filter((trade) => !isDominated(trade, all)).toSorted((a, b) => a.bits - b.bits)
