/** The vocabulary the built-in networks are written in: each call appends one layer and returns the shape it leaves. */
import { ConfigError } from "../../../arch/errors.ts"
import type { Layer } from "../../../dataflows/network.ts"
import { type Conv2d, convOutHeight, convOutWidth, type VectorOp } from "../../../dataflows/operator.ts"

/** One image's activations: channels × height × width. */
export interface FeatureMap {
  readonly channels: number
  readonly height: number
  readonly width: number
}

/** One sequence's activations: tokens × features. */
export interface Tokens {
  readonly tokens: number
  readonly features: number
}

export interface ConvShape {
  readonly kernel: number
  /** 1 when absent. */
  readonly stride?: number
  /** Zeros on all four sides; `(kernel - 1) / 2` when absent, which keeps the size at stride 1. */
  readonly pad?: number
  /** 1 when absent; the number of channels makes it depthwise. */
  readonly groups?: number
}

export interface PoolShape {
  readonly kernel: number
  readonly stride: number
  readonly pad?: number
}

/** An elementwise function: as many elements out as in. */
export type Activation = "relu" | "gelu" | "silu" | "sigmoid" | "hardswish" | "other"

const elementsOf = (shape: FeatureMap | Tokens): number =>
  "tokens" in shape ? shape.tokens * shape.features : shape.channels * shape.height * shape.width

/**
 * Layers in execution order, for `batch` images or sequences at once.
 *
 * Shapes passed in and out are those of one image or sequence; operators carry the whole batch. A vector operator
 * reads and writes its activations once; the scale and shift of a normalisation are its `parameters`. Biases are part
 * of a GEMM's write-back and are only counted (`biasElements`), not layers.
 */
export class LayerList {
  readonly batch: number
  readonly layers: Layer[] = []
  /** Trainable biases of convolutions and linear layers, which operators do not carry. */
  biasElements = 0

  constructor(batch: number) {
    this.batch = batch
  }

  /** Convolution without bias: a normalisation follows. */
  conv(id: string, input: FeatureMap, outChannels: number, shape: ConvShape): FeatureMap {
    const { kernel, stride = 1, pad = (kernel - 1) / 2, groups = 1 } = shape
    const op: Conv2d = {
      kind: "conv2d",
      batch: this.batch,
      inChannels: input.channels,
      outChannels,
      inHeight: input.height,
      inWidth: input.width,
      kernelHeight: kernel,
      kernelWidth: kernel,
      strideHeight: stride,
      strideWidth: stride,
      dilationHeight: 1,
      dilationWidth: 1,
      padTop: pad,
      padBottom: pad,
      padLeft: pad,
      padRight: pad,
      groups,
    }
    const output = { channels: outChannels, height: convOutHeight(op), width: convOutWidth(op) }
    requireNonEmpty(id, input, output)
    this.layers.push({ id, op })
    return output
  }

  biasedConv(id: string, input: FeatureMap, outChannels: number, shape: ConvShape): FeatureMap {
    this.biasElements += outChannels
    return this.conv(id, input, outChannels, shape)
  }

  /** The same matrix applied to every token, without bias. */
  linear(id: string, input: Tokens, outFeatures: number): Tokens {
    const { tokens, features } = input
    this.layers.push({
      id,
      op: { kind: "linear", rows: this.batch * tokens, inFeatures: features, outFeatures },
    })
    return { tokens, features: outFeatures }
  }

  biasedLinear(id: string, input: Tokens, outFeatures: number): Tokens {
    this.biasElements += outFeatures
    return this.linear(id, input, outFeatures)
  }

  /** `count` products of activations for each sequence: [m × k] · [k × n]. */
  matMul(id: string, count: number, m: number, n: number, k: number): void {
    this.layers.push({ id, op: { kind: "matmul", count: this.batch * count, m, n, k } })
  }

  /** Normalises with one trainable scale and shift a channel. */
  batchNorm(id: string, input: FeatureMap): void {
    this.#elementwise(id, "batchnorm", input, 2 * input.channels)
  }

  /** Normalises each token with a trainable scale and shift a feature. */
  layerNorm(id: string, input: Tokens): void {
    this.#elementwise(id, "layernorm", input, 2 * input.features)
  }

  /** Normalises each token with a trainable scale a feature and no shift. */
  rmsNorm(id: string, input: Tokens): void {
    this.#elementwise(id, "rmsnorm", input, input.features)
  }

  activation(id: string, input: FeatureMap | Tokens, name: Activation): void {
    this.#elementwise(id, name, input, 0)
  }

  /** Softmax over rows; `elements` is a sequence's, e.g. heads × queries × keys. */
  softmax(id: string, elements: number): void {
    this.#vector(id, "softmax", elements, elements, 0)
  }

  /** Adds two tensors of the same shape. */
  add(id: string, input: FeatureMap | Tokens): void {
    this.#vector(id, "add", 2 * elementsOf(input), elementsOf(input), 0)
  }

  /** Adds `addends` tensors of the same shape, some of which are `parameters` trainable values. */
  addTables(id: string, input: Tokens, addends: number, parameters: number): void {
    this.#vector(id, "add", addends * elementsOf(input), elementsOf(input), parameters)
  }

  /** Multiplies two tensors of the same shape. */
  multiply(id: string, input: FeatureMap | Tokens): void {
    this.#vector(id, "mul", 2 * elementsOf(input), elementsOf(input), 0)
  }

  /** Multiplies every pixel of a channel by that channel's factor. */
  scaleChannels(id: string, input: FeatureMap): void {
    this.#vector(id, "mul", elementsOf(input) + input.channels, elementsOf(input), 0)
  }

  /** Rotates queries and keys by their position, both `input`-shaped. */
  rotatePositions(id: string, input: Tokens): void {
    this.#vector(id, "rope", 2 * elementsOf(input), 2 * elementsOf(input), 0)
  }

  /** One row of a `entries` × features table for each token; only those rows are read. */
  embedding(id: string, output: Tokens, entries: number): Tokens {
    this.#vector(id, "embedding", elementsOf(output), elementsOf(output), entries * output.features)
    return output
  }

  maxPool(id: string, input: FeatureMap, { kernel, stride, pad = 0 }: PoolShape): FeatureMap {
    const pooled = (size: number): number => Math.floor((size + 2 * pad - kernel) / stride) + 1
    const output = { channels: input.channels, height: pooled(input.height), width: pooled(input.width) }
    requireNonEmpty(id, input, output)
    this.#vector(id, "maxpool", elementsOf(input), elementsOf(output), 0)
    return output
  }

  /** Averages to `size` × `size` pixels whatever comes in. */
  adaptiveAvgPool(id: string, input: FeatureMap, size: number): FeatureMap {
    const output = { channels: input.channels, height: size, width: size }
    this.#vector(id, "avgpool", elementsOf(input), elementsOf(output), 0)
    return output
  }

  #elementwise(id: string, name: VectorOp["function"], shape: FeatureMap | Tokens, parameters: number): void {
    this.#vector(id, name, elementsOf(shape), elementsOf(shape), parameters)
  }

  #vector(
    id: string,
    name: VectorOp["function"],
    inputElements: number,
    outputElements: number,
    parameters: number,
  ): void {
    this.layers.push({
      id,
      op: {
        kind: "vector",
        function: name,
        inputElements: this.batch * inputElements,
        outputElements: this.batch * outputElements,
        parameters,
      },
    })
  }
}

/** A feature map as one vector, for a classifier. */
export const flattened = (input: FeatureMap): Tokens => ({ tokens: 1, features: elementsOf(input) })

/** Pixels as tokens: height × width of them, one feature a channel. */
export const pixelsAsTokens = (input: FeatureMap): Tokens => ({
  tokens: input.height * input.width,
  features: input.channels,
})

const requireNonEmpty = (id: string, input: FeatureMap, output: FeatureMap): void => {
  if (output.height >= 1 && output.width >= 1) return
  throw new ConfigError({
    message: `Layer ${id} has no output left: its input is only ${input.height}×${input.width}.`,
    place: { file: "options", path: "imageSize" },
    remedy: "Use a larger image size.",
  })
}
