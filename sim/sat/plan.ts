/** A whole run costed stage by stage, without a trace: what the engine writes down and what-if questions re-evaluate. */
import { hostedStages } from "../../dataflows/fusion.ts"
import type { MappedGemm } from "../../dataflows/gemm.ts"
import type { MappedWork, StageWork } from "../../dataflows/work.ts"
import type { EstimatedMapping, Mapping } from "./best-mapping.ts"
import { placeKey, type ScheduleEntry, shapeKey, shortestSchedule } from "./schedule.ts"
import {
  type ArrayModel,
  costGemm,
  gemmStageCost,
  mappingsOf,
  type ScheduledGemm,
  type StageCost,
  unitStageCost,
} from "./stage-cost.ts"
import type { GemmCost } from "./tile-walk.ts"

export interface PlannedStage {
  readonly pass: string
  readonly layer: string
  readonly stage: StageWork["stage"]
  /** Products with the mappings they run with; empty for other stages. */
  readonly gemms: readonly ScheduledGemm[]
  readonly cost: StageCost
}

/** Mappings that a user fixed, by `placeKey`; products that are not in it are scheduled. */
export type FixedSchedule = ReadonlyMap<string, Mapping>

/** What is known of products on one array, by shape: it holds for every run on that array. */
interface KnownProducts {
  readonly mappings: Map<string, readonly EstimatedMapping[]>
  readonly costs: Map<string, GemmCost>
}

const knownProducts = new WeakMap<ArrayModel, KnownProducts>()

const knownOn = (model: ArrayModel): KnownProducts => {
  const known = knownProducts.get(model) ?? { mappings: new Map(), costs: new Map() }
  knownProducts.set(model, known)
  return known
}

/**
 * Costs every stage in order. Products of equal shape are mapped and timed once per array; dataflows are chosen over the
 * whole run, switches included.
 */
export const planRun = (
  work: MappedWork,
  model: ArrayModel,
  fixed: FixedSchedule = new Map(),
): readonly PlannedStage[] => {
  const stages = hostedStages(work, model.fusion)
  const { mappings, costs } = knownOn(model)
  const optionsOf = (gemm: MappedGemm, key: string): readonly EstimatedMapping[] => {
    const known = mappings.get(key)
    if (known !== undefined) return known
    const options = mappingsOf(gemm, model)
    mappings.set(key, options)
    return options
  }
  const products = stages.flatMap(({ pass, layer, work: stageWork }) =>
    "gemms" in stageWork
      ? stageWork.gemms.map((gemm, product) => ({
          gemm,
          shape: shapeKey(gemm),
          fixed: fixed.get(placeKey({ pass, layer, stage: stageWork.stage, product })),
        }))
      : [],
  )
  const schedule = shortestSchedule(
    products.map(({ gemm, shape, fixed: mapping }) =>
      mapping === undefined ? optionsOf(gemm, shape) : [{ ...mapping, time: 0 }],
    ),
    model.switchLatency,
  )
  const costOf = (gemm: MappedGemm, mapping: Mapping): GemmCost => {
    const { m, n, k, order } = mapping.tiling
    const key = `${shapeKey(gemm)}|${mapping.dataflow},${m},${n},${k},${order}`
    const known = costs.get(key)
    if (known !== undefined) return known
    const cost = costGemm(gemm, mapping, model)
    costs.set(key, cost)
    return cost
  }
  let next = 0
  return stages.map(({ pass, layer, work: stageWork, fused }): PlannedStage => {
    const { stage } = stageWork
    if (!("gemms" in stageWork)) {
      return { pass, layer, stage, gemms: [], cost: unitStageCost(stageWork, fused, model) }
    }
    const gemms = stageWork.gemms.map((gemm): ScheduledGemm => {
      const mapping = schedule[next]
      const switches = next > 0 && schedule[next - 1].dataflow !== mapping.dataflow
      next++
      return { work: gemm, mapping, switches }
    })
    return { pass, layer, stage, gemms, cost: gemmStageCost(gemms, stageWork.online, fused, model, costOf) }
  })
}

/** Cycles of a run: its stages follow one another. */
export const planCycles = (stages: readonly PlannedStage[]): number =>
  stages.reduce((sum, { cost }) => sum + cost.cycles, 0)

/** The schedule that a plan follows, product by product. */
export const scheduleOf = (stages: readonly PlannedStage[]): readonly ScheduleEntry[] =>
  stages.flatMap(({ pass, layer, stage, gemms }) =>
    gemms.map(({ mapping: { dataflow, tiling } }, product) => ({
      pass,
      layer,
      stage,
      product,
      dataflow,
      tiling,
    })),
  )
