/** From the sizes in a machine file to a predictor that tells how sure it is, where there is a way to tell. */
import { predictorOf, type PredictorSizes, tageScLOf } from "../predictor-of.ts"
import { type GradedPredictor, ungraded } from "./graded-predictor.ts"
import { gradedTageScL } from "./graded-tage-sc-l.ts"

/** A fresh predictor of the given sizes. */
export const gradedPredictorOf = (sizes: PredictorSizes): GradedPredictor =>
  sizes.kind === "tage-sc-l" ? gradedTageScL(tageScLOf(sizes)) : ungraded(predictorOf(sizes))
