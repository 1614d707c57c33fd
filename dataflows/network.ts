/** A network as the engines see it: named operators in execution order. */
import type { Operator } from "./operator.ts"
import type { SparsityPattern } from "./sparsity/pattern/sparsity-pattern.ts"

/** Real weights of a layer, loaded when asked for. */
export interface LayerWeights {
  /** Conv: [outChannels, inChannels / groups, kernelHeight, kernelWidth]. Linear: [outFeatures, inFeatures]. */
  readonly shape: readonly number[]
  readonly load: () => Float32Array
}

export interface Layer {
  /** Unique in the network; the name in the source file where there is one. */
  readonly id: string
  readonly op: Operator
  readonly weights?: LayerWeights
  /** Pattern of this layer alone, from the source file or a sparsity file; overrides the run's. "dense" keeps it dense. */
  readonly sparsity?: SparsityPattern | "dense"
}

export interface Network {
  readonly id: string
  /** One line a person reads: "ResNet-50 v1.5, ImageNet 224×224". */
  readonly name: string
  readonly batch: number
  readonly layers: readonly Layer[]
  /** Where shapes come from: paper, file name. */
  readonly source: string
}

/** Layers whose operator becomes a GEMM. */
export const gemmLayers = (network: Network): readonly Layer[] =>
  network.layers.filter((layer) => layer.op.kind !== "vector")

/** A raw image has at most red, green, blue and alpha. */
const imageChannels = 4

/**
 * The layer that reads the raw image: a first convolution over at most four channels. It stays dense and needs no input
 * gradient. Undefined where the network starts otherwise (an embedding, a single operator).
 */
export const stemOf = (network: Network): Layer | undefined => {
  const first = gemmLayers(network)[0]
  return first?.op.kind === "conv2d" && first.op.inChannels <= imageChannels ? first : undefined
}

/** The same network with every layer `factor` times as often in a batch. */
export const withBatch = (network: Network, factor: number): Network => ({
  ...network,
  batch: network.batch * factor,
  layers: network.layers.map((layer) => ({ ...layer, op: batched(layer.op, factor) })),
})

const batched = (op: Operator, factor: number): Operator => {
  switch (op.kind) {
    case "conv2d":
      return { ...op, batch: op.batch * factor }
    case "linear":
      return { ...op, rows: op.rows * factor }
    case "matmul":
      return { ...op, count: op.count * factor }
    case "vector":
      return {
        ...op,
        inputElements: op.inputElements * factor,
        outputElements: op.outputElements * factor,
      }
  }
}
