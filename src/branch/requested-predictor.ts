/** What is asked of one predictor, as plain data that a thread can be given. */
import type { MeasurementPlan } from "../../sim/branch/measure/measure.ts"
import type { BranchPredictor } from "../../sim/branch/predictor.ts"
import { predictorOf, type PredictorSizes } from "../../sim/branch/predictor-of.ts"

export interface PredictorRequest {
  readonly sizes: PredictorSizes
  readonly plan: MeasurementPlan
}

export const requestedPredictor = ({ sizes }: PredictorRequest): BranchPredictor => predictorOf(sizes)
