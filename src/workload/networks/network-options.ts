/** The choices a user has about a built-in network, and the checks they go through. */
import { ConfigError } from "../../../arch/errors.ts"
import { didYouMean } from "../../../arch/nearest.ts"
import { type ImageInput, imageInputs, type Phase } from "./network-entry.ts"

/** Choices absent take the network's default. */
export interface NetworkOptions {
  /** Images or sequences at once; 1 when absent. */
  readonly batch?: number | undefined
  /** Data set: "cifar", "cifar100" or "imagenet". */
  readonly input?: string | undefined
  /** Rows and columns of the square image, in pixels. */
  readonly imageSize?: number | undefined
  /** Width multiplier of a MobileNet. */
  readonly width?: number | undefined
  /** Tokens of a sequence (encoder) or of the prompt (decoder, prefill). */
  readonly seq?: number | undefined
  /** Decoder: "prefill" (the whole prompt, the default) or "decode" (one token). */
  readonly phase?: string | undefined
  /** Decoder, decode: positions in the key-value cache that the token attends to, its own included. */
  readonly kv?: number | undefined
  /** Decoder: number of blocks. */
  readonly blocks?: number | undefined
}

export type OptionName = keyof NetworkOptions

export const optionNames: readonly OptionName[] = [
  "batch",
  "input",
  "imageSize",
  "width",
  "seq",
  "phase",
  "kv",
  "blocks",
]

/** A whole number from 1 to `largest`. */
export const positiveInteger = (name: string, value: number, largest: number): number => {
  if (Number.isInteger(value) && value >= 1 && value <= largest) return value
  throw new ConfigError({
    message: `${name} is ${value}; expected a whole number from 1 to ${largest}.`,
    place: { file: "options", path: name },
  })
}

const inputSpellings: Readonly<Record<string, ImageInput>> = {
  cifar: "cifar",
  cifar10: "cifar",
  cifar100: "cifar100",
  imagenet: "imagenet",
  imagenet1k: "imagenet",
}

/** The data set of that spelling ("cifar10", "ImageNet"), undefined when there is none. */
export const findImageInput = (text: string): ImageInput | undefined => {
  const key = text.toLowerCase()
  return Object.hasOwn(inputSpellings, key) ? inputSpellings[key] : undefined
}

export const imageInput = (text: string): ImageInput => {
  const input = findImageInput(text)
  if (input !== undefined) return input
  throw new ConfigError({
    message: `input is "${text}", which is not a data set.`,
    place: { file: "options", path: "input" },
    remedy: didYouMean(text, Object.keys(imageInputs)),
  })
}

export const isPhase = (text: string): text is Phase => text === "prefill" || text === "decode"

export const phaseOption = (text: string): Phase => {
  const phase = text.toLowerCase()
  if (isPhase(phase)) return phase
  throw new ConfigError({
    message: `phase is "${text}"; expected "prefill" or "decode".`,
    place: { file: "options", path: "phase" },
  })
}
