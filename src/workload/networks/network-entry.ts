/** What the registry knows of a built-in network: its name, the choices it has, and how its layers follow from them. */
import type { LayerList } from "./layer-list.ts"

/** Data sets a classifier is built for. They fix the default image size, the stem and the number of classes. */
export const imageInputs = {
  cifar: { title: "CIFAR-10", imageSize: 32, classes: 10 },
  cifar100: { title: "CIFAR-100", imageSize: 32, classes: 100 },
  imagenet: { title: "ImageNet", imageSize: 224, classes: 1000 },
} as const

export type ImageInput = keyof typeof imageInputs

/** True for the small images whose networks keep their resolution in the stem. */
export const isCifar = (input: ImageInput): boolean => input !== "imagenet"

export interface ImageShape {
  readonly input: ImageInput
  /** Rows and columns of the square image, in pixels. */
  readonly imageSize: number
  readonly classes: number
  /** Factor on the number of channels, 1 unless the network has widths. */
  readonly width: number
}

export type Phase = "prefill" | "decode"

export interface DecoderShape {
  /** Tokens that go through the layers: the prompt in prefill, 1 in decode. */
  readonly queries: number
  /** Positions each of them attends to, itself included. */
  readonly keys: number
  readonly blocks: number
}

interface Described {
  readonly id: string
  /** Other spellings, letters and digits only. */
  readonly aliases?: readonly string[]
  readonly title: string
  /** Paper, and the implementation whose details are followed where the paper leaves them open. */
  readonly source: string
}

/** Classifies images. */
export interface ImageNetwork extends Described {
  readonly kind: "image"
  /** The first is the default. */
  readonly inputs: readonly ImageInput[]
  /** Default ImageNet image size when it is not 224. */
  readonly imagenetSize?: number
  /** Image sizes must be a multiple of this. */
  readonly patch?: number
  /** Smallest and largest width multiplier; absent when the network has one width. */
  readonly widths?: readonly [number, number]
  readonly appendLayers: (list: LayerList, shape: ImageShape) => void
}

/** Encodes a sequence of tokens. */
export interface EncoderNetwork extends Described {
  readonly kind: "encoder"
  readonly defaultTokens: number
  /** Rows of the position table. */
  readonly maxTokens: number
  readonly appendLayers: (list: LayerList, tokens: number) => void
}

/** Generates text: a prompt at once (prefill) or one token after another (decode). */
export interface DecoderNetwork extends Described {
  readonly kind: "decoder"
  readonly defaultTokens: number
  readonly defaultBlocks: number
  readonly appendLayers: (list: LayerList, shape: DecoderShape) => void
}

export type NetworkEntry = ImageNetwork | EncoderNetwork | DecoderNetwork
