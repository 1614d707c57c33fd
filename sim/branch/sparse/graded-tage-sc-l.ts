/** TAGE-SC-L with grades: whether TAGE's counter is saturated, and whether the corrector's sum is beyond its threshold. */
import type { tageScL } from "../tage-sc-l/tage-sc-l.ts"
import type { GradedPredictor } from "./graded-predictor.ts"

/** Strength of a provider's counter that is at its end. */
const saturated = 7

/**
 * Grades 2 and 3: TAGE is of high confidence; 1 and 3: the corrector's sum is at least its threshold. Which signals to use
 * is a choice of this package: both are what TAGE-SC-L itself goes by.
 */
export const gradedTageScL = (predictor: ReturnType<typeof tageScL>): GradedPredictor => {
  const { tageState, corrector } = predictor.inspect()
  return {
    tables: predictor.tables,
    predict: (pc, pcHigh) => predictor.predict(pc, pcHigh),
    train: (pc, pcHigh, taken) => predictor.train(pc, pcHigh, taken),
    track: (pc, pcHigh, target, targetHigh, flags) => predictor.track(pc, pcHigh, target, targetHigh, flags),
    writes: () => predictor.writes(),
    grade: () => {
      const sure = tageState.strength === saturated ? 2 : 0
      if (corrector === undefined) return sure
      return sure | (Math.abs(corrector.state.sum) >= corrector.state.threshold ? 1 : 0)
    },
  }
}
