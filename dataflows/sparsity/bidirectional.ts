/** Bidirectional weight pruning (BDWP): two masks of the same dense weights, one for each pass that reads them. */
import type { NmPattern } from "./nm-pattern.ts"
import { nmMask } from "./prune.ts"
import { passGrouping, type WeightPass, type Weights } from "./weight-axis.ts"

/** The magnitude mask of one pass, in the order of `weights.values`. Errors as in `nmMask` and `passGrouping`. */
export const passMask = (weights: Weights, pattern: NmPattern, pass: WeightPass): Uint8Array => {
  const { shape, axis } = passGrouping(weights.shape, weights.groups ?? 1, pass)
  return nmMask(weights.values, shape, axis, pattern)
}

/** One byte a weight, 1 kept. The two need not be equal, and neither is N:M along the other's axis. */
export interface BidirectionalMasks {
  /** N:M along the input channels. */
  readonly ff: Uint8Array
  /** N:M along the output channels. */
  readonly bp: Uint8Array
}

/**
 * FF and BP masks of the same dense weights. The BP mask does not see the FF mask: BDWP prunes W itself a second time
 * before the backward pass (Fang et al. 2023, arXiv 2309.13015, as read by a published note), unlike Bi-Mask (Zhang et
 * al. 2023, arXiv 2302.06058), which intersects the two.
 */
export const bidirectionalMasks = (weights: Weights, pattern: NmPattern): BidirectionalMasks => ({
  ff: passMask(weights, pattern, "FF"),
  bp: passMask(weights, pattern, "BP"),
})
