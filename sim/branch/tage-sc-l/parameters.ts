/** What describes a TAGE-SC-L predictor: sizes, histories and the rules in which the published designs differ. */

/** Consecutive components of TAGE that share one set of banks. */
export interface TaggedGroup {
  /** Pairs of components, one history length a pair. */
  readonly pairs: number
  readonly banks: number
  /** At most 13. */
  readonly tagBits: number
  /** Components that are looked up and allocated, counted from 1 over all groups; component 2p - 1 and 2p are pair p. */
  readonly active: readonly number[]
  /** Bits of path history that choose the first bank; at most 31. */
  readonly bankPathBits: number
}

export interface TageParameters {
  /** Base-two logarithm of the entries of one bank; at most 13. */
  readonly entryBits: number
  /** Bits of direction history of the first and of the last pair; a geometric series lies between. */
  readonly minHistory: number
  readonly maxHistory: number
  /** Components of the short histories. */
  readonly low: TaggedGroup
  readonly high: TaggedGroup
  /**
   * direct: index and tag use folds of their own widths. refolded: wider folds, reduced to index and tag at lookup; then
   * every pair needs an active component.
   */
  readonly hash: "direct" | "refolded"
  /** Of an entry; with them goes the rule of allocation: see `allocation.ts`. */
  readonly usefulBits: 1 | 2
  /** Base-two logarithm of the base predictor's direction bits; four of them share a hysteresis bit. */
  readonly baseBits: number
  /** Counters that choose between a weak provider and its alternate. */
  readonly useAlternateCounters: number
  /** Bits of path history kept. */
  readonly pathBits: 27 | 32
}

export interface LoopParameters {
  /** Base-two logarithm of the sets of four entries; at most 3. */
  readonly setBits: number
}

/** Histories that the statistical corrector can look at. */
export const correctorHistories = [
  "outcomes",
  "backward",
  "path",
  "local",
  "second local",
  "third local",
  "loop iteration outcomes",
  "loop iteration",
] as const
export type CorrectorHistory = (typeof correctorHistories)[number]

/** Up to three tables of counters that read prefixes of one history (GEHL), with a weight in common. */
export interface CorrectorGroup {
  readonly name: string
  readonly history: CorrectorHistory
  /** What the history is mixed with: the address, or the address followed by the direction that may be corrected. */
  readonly key: "address" | "address and input"
  /** Bits of history by table, at most 25, and the base-two logarithms of their entries. */
  readonly lengths: readonly number[]
  readonly entryBits: readonly number[]
  readonly initialWeight: number
}

export interface CorrectorParameters {
  /** Base-two logarithm of the entries of each of the three bias tables. */
  readonly biasBits: number
  readonly groups: readonly CorrectorGroup[]
  /** Groups whose weight, where not negative, raises the threshold by 12; "bias" is the bias tables' weight. */
  readonly raising: readonly string[]
  /** Base-two logarithm of the first local history's registers. */
  readonly localRegisterBits: number
  /** Bits of registers by the designers' own count, which is not always what the tables can see. */
  readonly counted: {
    readonly outcomeBits: number
    readonly backwardBits: number
    readonly thresholdBits: number
  }
}

export interface TageScLParameters {
  readonly tage: TageParameters
  /** Without it, TAGE's direction goes to the corrector as it is. */
  readonly loop?: LoopParameters
  /** Without it, the direction that would be corrected is the prediction. */
  readonly statisticalCorrector?: CorrectorParameters
}
