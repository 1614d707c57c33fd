/** Which pointwise work rides on the stage before it instead of reading and writing memory of its own. */
import { asFused, isPointwise, type VectorWork } from "./vector-work.ts"
import type { MappedWork, StageWork } from "./work.ts"

export interface HostedStage {
  readonly pass: string
  readonly layer: string
  readonly work: StageWork
  /** Pointwise work that rides on this stage. */
  readonly fused: readonly VectorWork[]
}

/** The stages in order; with fusion, pointwise vector work is put on the stage before it, if there is one in its pass. */
export const hostedStages = ({ passes }: MappedWork, fusion: "on" | "off"): readonly HostedStage[] => {
  const mode = passes.length > 1 ? "training" : "inference"
  const out: (HostedStage & { readonly fused: VectorWork[] })[] = []
  for (const { pass, layers } of passes) {
    let host: (typeof out)[number] | undefined
    for (const { layer, stages } of layers) {
      for (const work of stages) {
        const rides = fusion === "on" && work.stage === "vector" && isPointwise(work.vector, mode)
        if (rides && host !== undefined) {
          host.fused.push(asFused(work.vector))
          continue
        }
        const stage = { pass, layer, work, fused: [] }
        out.push(stage)
        if (work.stage !== "prune" && work.stage !== "update") host = stage
      }
    }
  }
  return out
}
