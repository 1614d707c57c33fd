/** What sparse models were fitted to a program, and what predictors beside them missed, as counters of a trace. */
import type { TraceBuilder } from "../trace/builder.ts"
import { type BranchModel, savedByPosition } from "./sparse/analyse-branches.ts"
import { globalPositions } from "./sparse/history-window.ts"

/** A predictor that ran over the same branches. */
export interface Beside {
  readonly machine: string
  readonly mispredictions: number
  readonly storageBits: number
}

/**
 * Counters of span `span`. By model (`sparse-model.ADDRESS`): terms, and of the training stretch executions, the base's
 * misses and how many of them the model would have saved. By position of the history (`sparse-position.global`, `.local`;
 * the action is how many outcomes ago, from 1): misses saved, shared among a model's terms by weight.
 */
export const writeSparseModels = (
  models: readonly BranchModel[],
  builder: TraceBuilder,
  span: number,
): void => {
  for (const { address, terms, executions, baseMisses, saved } of models) {
    const component = builder.code(`sparse-model.${address}`)
    builder.count(span, component, builder.code("terms"), terms.length)
    builder.count(span, component, builder.code("executions"), executions)
    builder.count(span, component, builder.code("misses"), baseMisses)
    builder.count(span, component, builder.code("saved"), Math.round(saved))
  }
  for (const [position, misses] of savedByPosition(models, 2 * globalPositions).entries()) {
    const isGlobal = position < globalPositions
    const ago = 1 + (isGlobal ? position : position - globalPositions)
    const component = builder.code(isGlobal ? "sparse-position.global" : "sparse-position.local")
    builder.count(span, component, builder.code(String(ago)), Math.round(misses))
  }
}

/** Counters of span `span`, `beside.MACHINE`. */
export const writeBeside = (beside: readonly Beside[], builder: TraceBuilder, span: number): void => {
  for (const { machine, mispredictions, storageBits } of beside) {
    const component = builder.code(`beside.${machine}`)
    builder.count(span, component, builder.code("mispredictions"), mispredictions)
    builder.count(span, component, builder.code("storage-bits"), storageBits)
  }
}
