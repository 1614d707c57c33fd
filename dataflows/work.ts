/** A network mapped to passes, layers and stages: what an engine runs, in order. */
import type { MappedGemm } from "./gemm.ts"
import { type GemmStage, lower } from "./lowering.ts"
import { type Layer, type Network, stemOf } from "./network.ts"
import { weightElements } from "./operator.ts"
import type { MetadataFormat } from "./sparsity/compressed-size.ts"
import { isDense } from "./sparsity/nm-pattern.ts"
import { checkRunnable } from "./sparsity/pattern/runnable.ts"
import type { SparsityPattern } from "./sparsity/pattern/sparsity-pattern.ts"
import {
  isPrunedOnline,
  makesWeightMask,
  type MaskMaking,
  methodDefinition,
  prunedOperand,
  type TrainingMethod,
  weightCopyCount,
  weightMaskCount,
  withMethod,
} from "./training-method.ts"
import { vectorBackward, vectorForward, type VectorWork } from "./vector-work.ts"

/** Generation of one mask from dense elements. */
export interface PruneWork {
  /** Dense elements read. */
  readonly elements: number
  readonly pattern: SparsityPattern
  readonly mask: MaskMaking
  /** Compact copies written to memory: none of an operand that is pruned on its way into the array. */
  readonly copies: number
  readonly metadata: MetadataFormat
}

/** Optimiser step on `weights` values, with masks and compact copies made behind it. */
export interface UpdateWork {
  readonly weights: number
  /** Passes of the mask generator over all weights. */
  readonly masks: number
  /** Compact copies written; a transposable mask has two, one packed along each axis. */
  readonly copies: number
  /** True when some product, or a mask made later, reads the weights dense. */
  readonly denseCopy: boolean
  readonly metadata: MetadataFormat
  readonly pattern: SparsityPattern | undefined
}

export type StageWork =
  | {
      readonly stage: GemmStage
      readonly gemms: readonly MappedGemm[]
      /** An operand that is pruned while it streams in: gradients and activations, which are new in every step. */
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
  readonly pattern?: SparsityPattern
  /** How the kept values' positions are written down; `index` when absent. */
  readonly metadata?: MetadataFormat
  /** "pregenerated": masks are made behind the weight update of the previous step; "inline": before FF and BP. */
  readonly masks?: "pregenerated" | "inline"
  /** Share of kept weights that are not zero, by layer id, from real weights. */
  readonly nonZeroShare?: ReadonlyMap<string, number>
}

/** Layers that a method prunes: all with weights but the stem. A layer's own pattern overrides the run's. */
const patternOf = (layer: Layer, isStem: boolean, options: WorkOptions): SparsityPattern | undefined => {
  if (layer.op.kind === "matmul" || layer.sparsity === "dense") return undefined
  if (layer.sparsity !== undefined) return layer.sparsity
  return isStem ? undefined : options.pattern
}

/**
 * Dense elements that pass the mask generator when `operand` is pruned on its way in. In WU a convolution's activations are
 * grouped along output pixels, anew for every kernel position, so the im2col matrix passes; elsewhere every element once.
 */
const onlineElements = (gemm: MappedGemm, stage: GemmStage, operand: "a" | "b"): number =>
  stage === "WU" && operand === "a" ? gemm.count * gemm.gemm.m * gemm.gemm.k : gemm[operand].uniqueElements

/** Maps one inference or one training step. @throws UnsupportedError for a pattern that no engine can run this way */
export const mapNetwork = (network: Network, options: WorkOptions): MappedWork => {
  const stem = stemOf(network)?.id
  // Pruned inference prunes what SR-STE prunes in FF.
  const method = options.training ?? (options.inference === "dense" ? "dense" : "sr-ste")
  if (method !== "dense") {
    // Masks of inference are made before the run.
    const masks = options.training === undefined ? [] : Object.values(methodDefinition(method).stages)
    for (const layer of network.layers) {
      const pattern = patternOf(layer, layer.id === stem, options)
      if (pattern !== undefined) checkRunnable(pattern, masks)
    }
  }
  const gemms = (layer: Layer, stage: GemmStage): StageWork | undefined => {
    if (layer.op.kind === "vector") return undefined
    const pattern = patternOf(layer, layer.id === stem, options)
    const nonZeroShare = options.nonZeroShare?.get(layer.id) ?? 1
    const { metadata } = options
    const mapped = lower(layer.op, stage).map((gemm) =>
      withMethod(gemm, stage, method, pattern, {
        nonZeroShare,
        ...(metadata === undefined ? {} : { metadata }),
      }),
    )
    const pruned = prunedOperand(method, stage)
    const sparse = mapped.find((gemm) => gemm.sparsity !== undefined)
    if (sparse?.sparsity === undefined || pruned === undefined || !isPrunedOnline(pruned)) {
      return { stage, gemms: mapped }
    }
    const { operand, pattern: online } = sparse.sparsity
    return {
      stage,
      gemms: mapped,
      online: {
        elements: onlineElements(sparse, stage, operand),
        pattern: online,
        mask: pruned.mask,
        copies: 0,
        metadata: options.metadata ?? "index",
      },
    }
  }
  /** The weights' mask before the stage that uses it first, where masks are not made behind the update. */
  const prune = (layer: Layer, stage: "FF" | "BP"): StageWork | undefined => {
    const pattern = patternOf(layer, layer.id === stem, options)
    const pruned = prunedOperand(method, stage)
    if (pattern === undefined || isDense(pattern) || pruned === undefined) return undefined
    if (options.training === undefined || options.masks !== "inline") return undefined
    if (!makesWeightMask(method, stage)) return undefined
    const shared = pruned.mask === "transposable" && stage === "FF"
    return {
      stage: "prune",
      prune: {
        elements: weightElements(layer.op),
        pattern,
        mask: pruned.mask,
        copies: shared ? weightCopyCount(method) : 1,
        metadata: options.metadata ?? "index",
      },
    }
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
      : present([prune(layer, "FF"), gemms(layer, "FF")]),
  )
  if (options.training === undefined) return { passes: [{ pass: "forward", layers: forward }] }

  const backward = layersOf(network.layers.toReversed(), (layer) =>
    layer.op.kind === "vector"
      ? [{ stage: "vector", vector: vectorBackward(layer.op) }]
      : present([
          layer.id === stem ? undefined : prune(layer, "BP"),
          layer.id === stem ? undefined : gemms(layer, "BP"),
          gemms(layer, "WU"),
        ]),
  )
  const update = layersOf(network.layers.toReversed(), (layer) => {
    const weights = weightElements(layer.op)
    if (weights === 0) return []
    const pattern = layer.op.kind === "vector" ? undefined : patternOf(layer, layer.id === stem, options)
    const sparse = pattern !== undefined && !isDense(pattern)
    const pregenerated = sparse && options.masks !== "inline"
    const copies = pregenerated ? weightCopyCount(method) : 0
    return [
      {
        stage: "update",
        update: {
          weights,
          masks: pregenerated ? weightMaskCount(method) : 0,
          copies,
          // FF and BP are the two readers of the weights.
          denseCopy: copies < 2,
          metadata: options.metadata ?? "index",
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
