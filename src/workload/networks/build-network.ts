/** Built-in networks by name. */
import { ConfigError } from "../../../arch/errors.ts"
import type { Network } from "../../../dataflows/network.ts"
import { forwardMacs, weightElements } from "../../../dataflows/operator.ts"
import { LayerList } from "./layer-list.ts"
import {
  type DecoderNetwork,
  type EncoderNetwork,
  type ImageInput,
  type ImageNetwork,
  imageInputs,
  isCifar,
  type NetworkEntry,
} from "./network-entry.ts"
import {
  imageInput,
  type NetworkOptions,
  type OptionName,
  optionNames,
  phaseOption,
  positiveInteger,
} from "./network-options.ts"
import { parseNetworkSpec } from "./network-spec.ts"
import { registry } from "./registry.ts"

const largestBatch = 65_536
const largestImage = 16_384
const largestSequence = 1_048_576
const largestDepth = 1024

/**
 * The network that `spec` names, e.g. `buildNetwork("resnet18-cifar", { batch: 128 })`.
 *
 * Its id is the shortest spec that names it again, batch aside. Throws a WorkloadError for an unknown name or a
 * suffix that is not understood, a ConfigError for an option out of range or one the network does not have.
 */
export const buildNetwork = (spec: string, options: NetworkOptions = {}): Network => {
  const parsed = parseNetworkSpec(spec)
  const { entry } = parsed
  const chosen = merged(spec, parsed.options, options)
  const list = new LayerList(positiveInteger("batch", chosen.batch ?? 1, largestBatch))
  const { id, name } = append(list, entry, chosen)
  requireExactCounts(list, id)
  return { id, name, batch: list.batch, layers: list.layers, source: entry.source }
}

export interface NetworkDescription {
  readonly id: string
  /** Name and source. */
  readonly description: string
  /** What a run takes when nothing is said, e.g. "ImageNet 224×224". */
  readonly defaultInput: string
  /** Multiply-accumulates of one forward pass at batch 1 on the default input, in 10^9. */
  readonly forwardGmacs: number
  /** Weights, biases, tables and normalisation scales and shifts; running statistics are not trained, not counted. */
  readonly parameters: number
}

/** Every built-in network with its default input and size. */
export const describeNetworks = (): readonly NetworkDescription[] => registry.map(describe)

const describe = (entry: NetworkEntry): NetworkDescription => {
  const list = new LayerList(1)
  const { input } = append(list, entry, {})
  const ops = list.layers.map((layer) => layer.op)
  return {
    id: entry.id,
    description: `${entry.title} (${entry.source})`,
    defaultInput: input,
    forwardGmacs: sum(ops.map(forwardMacs)) / 1e9,
    parameters: sum(ops.map(weightElements)) + list.biasElements,
  }
}

interface Named {
  readonly id: string
  readonly name: string
  readonly input: string
}

const append = (list: LayerList, entry: NetworkEntry, options: NetworkOptions): Named => {
  if (entry.kind === "image") return appendImageNetwork(list, entry, options)
  if (entry.kind === "encoder") return appendEncoder(list, entry, options)
  return appendDecoder(list, entry, options)
}

const appendImageNetwork = (list: LayerList, entry: ImageNetwork, options: NetworkOptions): Named => {
  refuse(entry, options, ["seq", "phase", "kv", "blocks"])
  const input = chooseInput(entry, options)
  const defaultSize = defaultImageSize(entry, input)
  const imageSize = positiveInteger("imageSize", options.imageSize ?? defaultSize, largestImage)
  if (imageSize % (entry.patch ?? 1) !== 0) {
    throw wrongOption("imageSize", `${imageSize} is not a multiple of the ${entry.patch}-pixel patch`, entry)
  }
  const width = chooseWidth(entry, options.width)
  const { title, classes } = imageInputs[input]
  entry.appendLayers(list, { input, imageSize, classes, width })
  const id = [
    width === 1 ? entry.id : `${entry.id}@${width}`,
    ...(input === entry.inputs[0] ? [] : [input]),
    ...(imageSize === defaultSize ? [] : [imageSize]),
  ].join("-")
  const inputText = `${title} ${imageSize}×${imageSize}`
  const widthText = width === 1 ? "" : ` width ${width}`
  return { id, name: `${entry.title}${widthText}, ${inputText}`, input: inputText }
}

const chooseInput = (entry: ImageNetwork, options: NetworkOptions): ImageInput => {
  const input = options.input === undefined ? entry.inputs[0] : imageInput(options.input)
  if (entry.inputs.includes(input)) return input
  throw wrongOption("input", `there is no ${imageInputs[input].title} variant`, entry, [
    `Known inputs: ${entry.inputs.join(", ")}.`,
  ])
}

const defaultImageSize = (entry: ImageNetwork, input: ImageInput): number =>
  isCifar(input) ? imageInputs[input].imageSize : (entry.imagenetSize ?? imageInputs[input].imageSize)

const chooseWidth = (entry: ImageNetwork, width: number | undefined): number => {
  if (width === undefined || (width === 1 && entry.widths === undefined)) return 1
  if (entry.widths === undefined) throw wrongOption("width", "this network has one width only", entry)
  const [smallest, largest] = entry.widths
  if (width >= smallest && width <= largest) return width
  throw wrongOption("width", `${width} is outside ${smallest} to ${largest}`, entry)
}

const appendEncoder = (list: LayerList, entry: EncoderNetwork, options: NetworkOptions): Named => {
  refuse(entry, options, ["input", "imageSize", "width", "phase", "kv", "blocks"])
  const tokens = positiveInteger("seq", options.seq ?? entry.defaultTokens, entry.maxTokens)
  entry.appendLayers(list, tokens)
  const suffix = tokens === entry.defaultTokens ? "" : `-seq${tokens}`
  const input = `${tokens} tokens`
  return { id: `${entry.id}${suffix}`, name: `${entry.title}, ${input}`, input }
}

const appendDecoder = (list: LayerList, entry: DecoderNetwork, options: NetworkOptions): Named => {
  refuse(entry, options, ["input", "imageSize", "width"])
  const blocks = positiveInteger("blocks", options.blocks ?? entry.defaultBlocks, largestDepth)
  const blocksSuffix = blocks === entry.defaultBlocks ? "" : `-blocks${blocks}`
  const title = blocks === entry.defaultBlocks ? entry.title : `${entry.title}, ${blocks} blocks`
  if (phaseOption(options.phase ?? "prefill") === "decode") {
    if (options.seq !== undefined) {
      throw wrongOption("seq", "decode makes one token; the context is kv", entry)
    }
    const keys = positiveInteger("kv", options.kv ?? entry.defaultTokens, largestSequence)
    entry.appendLayers(list, { queries: 1, keys, blocks })
    const suffix = keys === entry.defaultTokens ? "" : `-kv${keys}`
    const input = `decode of 1 token, ${keys} in the key-value cache`
    return { id: `${entry.id}-decode${suffix}${blocksSuffix}`, name: `${title}, ${input}`, input }
  }
  if (options.kv !== undefined) throw wrongOption("kv", "prefill starts without a cache", entry)
  const tokens = positiveInteger("seq", options.seq ?? entry.defaultTokens, largestSequence)
  entry.appendLayers(list, { queries: tokens, keys: tokens, blocks })
  const suffix = tokens === entry.defaultTokens ? "" : `-seq${tokens}`
  const input = `prefill of ${tokens} tokens`
  return { id: `${entry.id}${suffix}${blocksSuffix}`, name: `${title}, ${input}`, input }
}

/** The spec's choices and the options' together; contradictions are refused. */
const merged = (spec: string, inSpec: NetworkOptions, given: NetworkOptions): NetworkOptions => {
  for (const name of optionNames) {
    const before = inSpec[name]
    const after = given[name]
    if (before === undefined || after === undefined || sameChoice(before, after)) continue
    throw new ConfigError({
      message: `"${spec}" says ${name} ${before}, the option says ${after}.`,
      place: { file: "options", path: name },
      remedy: "Give it once.",
    })
  }
  return {
    batch: given.batch ?? inSpec.batch,
    input: given.input ?? inSpec.input,
    imageSize: given.imageSize ?? inSpec.imageSize,
    width: given.width ?? inSpec.width,
    seq: given.seq ?? inSpec.seq,
    phase: given.phase ?? inSpec.phase,
    kv: given.kv ?? inSpec.kv,
    blocks: given.blocks ?? inSpec.blocks,
  }
}

/** "cifar10" and "CIFAR" are one choice. */
const sameChoice = (a: string | number, b: string | number): boolean =>
  a === b || (typeof a === "string" && typeof b === "string" && canonical(a) === canonical(b))

const canonical = (text: string): string => text.toLowerCase().replace(/^cifar10$/, "cifar")

const refuse = (entry: NetworkEntry, options: NetworkOptions, names: readonly OptionName[]): void => {
  for (const name of names) {
    if (options[name] !== undefined) throw wrongOption(name, "the network has no such choice", entry)
  }
}

const wrongOption = (
  name: OptionName,
  reason: string,
  entry: NetworkEntry,
  remedies: readonly string[] = [],
): ConfigError =>
  new ConfigError({
    message: `${name} of ${entry.id}: ${reason}.`,
    place: { file: "options", path: name },
    ...(remedies.length > 0 ? { remedy: remedies.join(" ") } : {}),
  })

/** Counts beyond 2^53 would be silently rounded. */
const requireExactCounts = (list: LayerList, id: string): void => {
  const macs = sum(list.layers.map((layer) => forwardMacs(layer.op)))
  const elements = sum(
    list.layers.map(({ op }) => (op.kind === "vector" ? op.inputElements + op.outputElements : 0)),
  )
  if (Math.max(macs, elements) <= Number.MAX_SAFE_INTEGER) return
  throw new ConfigError({
    message: `${id} at batch ${list.batch} has more operations than can be counted exactly (2^53).`,
    remedy: "Use a smaller batch, image or sequence.",
  })
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
