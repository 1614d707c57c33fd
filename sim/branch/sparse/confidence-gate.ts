/**
 * When a second predictor may overrule the first: a saturating counter that moves only where the two differ. A design of
 * this package; the paper's rule is not known.
 */
export interface ConfidenceGate {
  /** The counter runs from 0 to this. */
  readonly most: number
  readonly start: number
  /** Least counter at which the second predictor decides. */
  readonly threshold: number
  /** Steps when the second predictor is right where the two differ, and when it is wrong. */
  readonly up: number
  readonly down: number
}

/** The counter after the two differed. */
export const gateAfter = (gate: ConfidenceGate, counter: number, secondWasRight: number): number =>
  secondWasRight === 1 ? Math.min(gate.most, counter + gate.up) : Math.max(0, counter - gate.down)
