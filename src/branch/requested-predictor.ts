/** What is asked of one predictor, as plain data that a thread can be given. */
import type { BranchMachine } from "../../arch/machine.ts"
import { Measurement, type MeasurementPlan } from "../../sim/branch/measure/measure.ts"
import { predictorOf, type PredictorSizes } from "../../sim/branch/predictor-of.ts"
import type { ConfidenceGate } from "../../sim/branch/sparse/confidence-gate.ts"
import { gradedPredictorOf } from "../../sim/branch/sparse/graded-predictor-of.ts"
import type { SparseImage } from "../../sim/branch/sparse/model-encoding.ts"
import { defaultOnline, onlineSparseOver } from "../../sim/branch/sparse/online-sparse-over.ts"
import { sparseOver } from "../../sim/branch/sparse/sparse-over.ts"

/** Sparse models beside a predictor: those that were fitted, or learners. */
export type RequestedSparse =
  | { readonly learning: "beforehand"; readonly image: SparseImage; readonly gate: ConfidenceGate }
  | { readonly learning: "online"; readonly learners: number; readonly gate: ConfidenceGate }

export interface PredictorRequest {
  readonly sizes: PredictorSizes
  readonly plan: MeasurementPlan
  readonly sparse?: RequestedSparse
}

/** Steps of the counter are one, up and down: a model that is right more often than not where the two differ is heard in the end. */
export const gateOf = ({ gate }: NonNullable<BranchMachine["sparse"]>): ConfidenceGate => ({
  most: gate.most.value,
  start: gate.start.value,
  threshold: gate.threshold.value,
  up: 1,
  down: 1,
})

/** A fresh predictor, about to be measured. Models fitted beforehand are heard from where the warm-up ends. */
export const requestedMeasurement = ({ sizes, plan, sparse }: PredictorRequest): Measurement => {
  if (sparse === undefined) return new Measurement(predictorOf(sizes), plan)
  if (sparse.learning === "online") {
    const { learners, gate } = sparse
    return new Measurement(onlineSparseOver(predictorOf(sizes), { ...defaultOnline, learners, gate }), plan)
  }
  const predictor = sparseOver(gradedPredictorOf(sizes), sparse.image, sparse.gate)
  return new Measurement(predictor, plan, () => predictor.install())
}
