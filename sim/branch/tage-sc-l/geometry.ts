/** The pairs of TAGE components that are kept up, with the histories and fold widths that belong to each. */
import { historyLengths } from "./history-lengths.ts"
import type { TageParameters } from "./parameters.ts"

export interface Pair {
  /** From 1; its components are 2 * number - 1 and 2 * number. */
  readonly number: number
  readonly history: number
  readonly tagBits: number
  /** Active components before this one in its group, or -1 where the component is not active. */
  readonly oddRank: number
  readonly evenRank: number
  /** Widths of the three folds of its history. */
  readonly indexFold: number
  readonly tagFolds: readonly [number, number]
}

const foldsOf = (
  { hash, entryBits }: TageParameters,
  number: number,
  tagBits: number,
): Pick<Pair, "indexFold" | "tagFolds"> =>
  hash === "direct"
    ? { indexFold: entryBits, tagFolds: [tagBits, tagBits - 1] }
    : { indexFold: number % 2 === 1 ? 17 : 19, tagFolds: [13, 11] }

/** Pairs with an active component, short histories first. */
export const activePairs = (tage: TageParameters): readonly Pair[] => {
  const { low, high } = tage
  const lengths = historyLengths(low.pairs + high.pairs, tage.minHistory, tage.maxHistory)
  return lengths
    .map((history, i): Pair => {
      const number = i + 1
      const { active, tagBits } = number <= low.pairs ? low : high
      return {
        number,
        history,
        tagBits,
        oddRank: active.indexOf(2 * number - 1),
        evenRank: active.indexOf(2 * number),
        ...foldsOf(tage, number, tagBits),
      }
    })
    .filter(({ oddRank, evenRank }) => oddRank >= 0 || evenRank >= 0)
}
