/** A network mapped to passes, layers and stages: what an engine runs, in order. */
import type { MappedGemm } from "./gemm.ts"
import { type GemmStage, lower } from "./lowering.ts"
import { gemmLayers, type Layer, type Network } from "./network.ts"
import { weightElements } from "./operator.ts"
import { isDense, type NmPattern } from "./sparsity/nm-pattern.ts"
import { type TrainingMethod, weightMaskCount, withMethod } from "./training-method.ts"
import { vectorBackward, vectorForward, type VectorWork } from "./vector-work.ts"

/** Generation of one N:M mask from dense weights. */
export interface PruneWork {
  /** Dense elements read. */
  readonly elements: number
  readonly pattern: NmPattern
}

/** Optimiser step on `weights` values, with `masks` N:M copies written behind it. */
export interface UpdateWork {
  readonly weights: number
  readonly masks: number
  readonly pattern: NmPattern | undefined
}

export type StageWork =
  | {
      readonly stage: GemmStage
      readonly gemms: readonly MappedGemm[]
      /** An operand that is pruned while it streams in: gradients, which are new in every step. */
      readonly online?: PruneWork
    }
  | { readonly stage: "vector"; readonly vector: VectorWork }
  | { readonly stage: "prune"; readonly prune: PruneWork }
  | { readonly stage: "update"; readonly update: UpdateWork }

export interface LayerWork {
  readonly layer: string
  readonly stages: readonly StageWork[]
}

export interface PassWork {
  readonly pass: "forward" | "backward" | "update"
  readonly layers: readonly LayerWork[]
}

export interface MappedWork {
  readonly passes: readonly PassWork[]
}

export interface WorkOptions {
  /** Undefined: inference, FF alone. */
  readonly training?: TrainingMethod
  /** What inference does with N:M: "sparse" (the default) prunes weights, "dense" is its baseline. */
  readonly inference?: "sparse" | "dense"
  readonly pattern?: NmPattern
  /** "pregenerated": masks are made behind the weight update of the previous step; "inline": before FF and BP. */
  readonly masks?: "pregenerated" | "inline"
  /** Share of kept weights that are not zero, by layer id, from real weights. */
  readonly nonZeroShare?: ReadonlyMap<string, number>
}

/** Layers that a method prunes: all with weights but the first. A layer's own pattern overrides the run's. */
const patternOf = (layer: Layer, first: boolean, options: WorkOptions): NmPattern | undefined => {
  if (layer.op.kind === "matmul" || layer.sparsity === "dense") return undefined
  if (layer.sparsity !== undefined) return layer.sparsity
  return first ? undefined : options.pattern
}

/** Maps one inference or one training step. */
export const mapNetwork = (network: Network, options: WorkOptions): MappedWork => {
  const first = gemmLayers(network)[0]?.id
  // Pruned inference prunes what SR-STE prunes in FF.
  const method = options.training ?? (options.inference === "dense" ? "dense" : "sr-ste")
  const gemms = (layer: Layer, stage: GemmStage): StageWork | undefined => {
    if (layer.op.kind === "vector") return undefined
    const pattern = patternOf(layer, layer.id === first, options)
    const share = options.nonZeroShare?.get(layer.id) ?? 1
    const mapped = lower(layer.op, stage).map((gemm) => withMethod(gemm, stage, method, pattern, share))
    const pruned = mapped.find((gemm) => gemm.sparsity?.operand === "a")
    if (pruned?.sparsity === undefined) return { stage, gemms: mapped }
    return {
      stage,
      gemms: mapped,
      online: { elements: pruned.a.uniqueElements, pattern: pruned.sparsity.pattern },
    }
  }
  const prune = (layer: Layer): StageWork | undefined => {
    const pattern = patternOf(layer, layer.id === first, options)
    const dense = pattern === undefined || isDense(pattern)
    if (dense || options.training === undefined || options.masks !== "inline") return undefined
    return { stage: "prune", prune: { elements: weightElements(layer.op), pattern } }
  }
  const present = (stages: readonly (StageWork | undefined)[]): readonly StageWork[] =>
    stages.filter((stage) => stage !== undefined)
  const layersOf = (
    layers: readonly Layer[],
    stages: (layer: Layer) => readonly StageWork[],
  ): readonly LayerWork[] =>
    layers.map((layer) => ({ layer: layer.id, stages: stages(layer) })).filter((l) => l.stages.length > 0)

  const forward = layersOf(network.layers, (layer) =>
    layer.op.kind === "vector"
      ? [{ stage: "vector", vector: vectorForward(layer.op) }]
      : present([weightMaskCount(method) > 0 ? prune(layer) : undefined, gemms(layer, "FF")]),
  )
  if (options.training === undefined) return { passes: [{ pass: "forward", layers: forward }] }

  const backward = layersOf(network.layers.toReversed(), (layer) =>
    layer.op.kind === "vector"
      ? [{ stage: "vector", vector: vectorBackward(layer.op) }]
      : present([
          method === "bdwp" && layer.id !== first ? prune(layer) : undefined,
          layer.id === first ? undefined : gemms(layer, "BP"),
          gemms(layer, "WU"),
        ]),
  )
  const update = layersOf(network.layers.toReversed(), (layer) => {
    const weights = weightElements(layer.op)
    if (weights === 0) return []
    const pattern = layer.op.kind === "vector" ? undefined : patternOf(layer, layer.id === first, options)
    const sparse = pattern !== undefined && !isDense(pattern)
    return [
      {
        stage: "update",
        update: {
          weights,
          masks: sparse && options.masks !== "inline" ? weightMaskCount(method) : 0,
          pattern: sparse ? pattern : undefined,
        },
      },
    ]
  })
  return {
    passes: [
      { pass: "forward", layers: forward },
      { pass: "backward", layers: backward },
      { pass: "update", layers: update },
    ],
  }
}
