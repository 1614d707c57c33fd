/** TAGE-SC-L with grades: whether TAGE's counter is saturated, and whether the corrector's sum is beyond its threshold. */
import type { TageScL } from "../tage-sc-l/tage-sc-l.ts"
import type { GradedPredictor } from "./graded-predictor.ts"

/**
 * Grades 2 and 3: TAGE is of high confidence; 1 and 3: the corrector's sum is at least its threshold. Which signals to use
 * is a choice of this package: both are what TAGE-SC-L itself goes by.
 */
export const gradedTageScL = (predictor: TageScL): GradedPredictor => ({
  tables: predictor.tables,
  predict: (pc, pcHigh, decoded) => predictor.predict(pc, pcHigh, decoded),
  train: (pc, pcHigh, taken) => predictor.train(pc, pcHigh, taken),
  track: (pc, pcHigh, target, targetHigh, flags) => predictor.track(pc, pcHigh, target, targetHigh, flags),
  writes: () => predictor.writes(),
  grade: () => {
    const sure = predictor.confidence === "high" ? 2 : 0
    // Without a corrector there is nothing that its sum could be beyond.
    if (predictor.threshold === 0) return sure
    return sure | (Math.abs(predictor.sum) >= predictor.threshold ? 1 : 0)
  },
})
