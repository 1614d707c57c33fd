/** What no other beats in both of two measures, of which less is better. */

export interface Trade {
  readonly cost: number
  readonly value: number
}

/** Another costs no more and is no worse, and is better in one of the two. */
export const isDominated = (trade: Trade, all: readonly Trade[]): boolean =>
  all.some(
    ({ cost, value }) =>
      cost <= trade.cost && value <= trade.value && (cost < trade.cost || value < trade.value),
  )

/** The trades that nothing dominates, by rising cost; their values fall. */
export const paretoFront = <T extends Trade>(all: readonly T[]): readonly T[] =>
  all.filter((trade) => !isDominated(trade, all)).toSorted((a, b) => a.cost - b.cost)
