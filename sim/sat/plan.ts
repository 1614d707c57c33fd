/** A whole run costed stage by stage, without a trace: what the engine writes down and what-if questions re-evaluate. */
import type { MappedGemm } from "../../dataflows/gemm.ts"
import type { MappedWork } from "../../dataflows/work.ts"
import { type ArrayModel, type CostedGemm, costGemm, type StageCost, stageCost } from "./stage-cost.ts"

export interface PlannedStage {
  readonly pass: string
  readonly layer: string
  readonly stage: string
  readonly cost: StageCost
}

const shapeKey = (work: MappedGemm): string => {
  const { gemm, count, a, b, sparsity } = work
  const sparse =
    sparsity === undefined
      ? ""
      : `${sparsity.operand}${sparsity.pattern.n}:${sparsity.pattern.m}/${sparsity.groupedLength}`
  return `${gemm.m},${gemm.n},${gemm.k},${count},${a.uniqueElements},${b.uniqueElements},${sparse}`
}

/** Costs every stage in order. Products of equal shape are mapped and timed once. */
export const planRun = (work: MappedWork, model: ArrayModel): readonly PlannedStage[] => {
  const known = new Map<string, CostedGemm>()
  const costOf = (gemm: MappedGemm): CostedGemm => {
    const key = shapeKey(gemm)
    const before = known.get(key)
    if (before !== undefined) return before
    const costed = costGemm(gemm, model)
    known.set(key, costed)
    return costed
  }
  return work.passes.flatMap(({ pass, layers }) =>
    layers.flatMap(({ layer, stages }) =>
      stages.map((stage) => ({ pass, layer, stage: stage.stage, cost: stageCost(stage, model, costOf) })),
    ),
  )
}

/** Cycles of a run: its stages follow one another. */
export const planCycles = (stages: readonly PlannedStage[]): number =>
  stages.reduce((sum, { cost }) => sum + cost.cycles, 0)
