/** A predictor that also tells how sure it is, which is what a second predictor on top of it can use. */
import type { BranchPredictor } from "../predictor.ts"

/** Classes of confidence that are told apart. */
export const confidenceGrades = 4

export interface GradedPredictor extends BranchPredictor {
  /** Class of the prediction made last, 0 to 3. The order means nothing: each class is weighed on its own. */
  grade(): number
}

/** A predictor whose predictions are all of one class. */
export const ungraded = (predictor: BranchPredictor): GradedPredictor => ({
  tables: predictor.tables,
  predict: (pc, pcHigh, decoded) => predictor.predict(pc, pcHigh, decoded),
  train: (pc, pcHigh, taken) => predictor.train(pc, pcHigh, taken),
  track: (pc, pcHigh, target, targetHigh, flags) => predictor.track(pc, pcHigh, target, targetHigh, flags),
  writes: () => predictor.writes(),
  grade: () => 0,
})
