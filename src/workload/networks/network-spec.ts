/**
 * Names of built-in networks as people write them: `NAME[@WIDTH]` followed by any of `-cifar`, `-imagenet`, an image
 * size, `-seqN`, `-prefill`, `-decode`, `-kvN`, `-blocksN`. Dashes, underscores and slashes are the same:
 * `resnet18_cifar10_32x32`, `vit-b/16`, `mobilenet_v2_1.4_224`.
 */
import { WorkloadError } from "../../../arch/errors.ts"
import { didYouMean } from "../../../arch/nearest.ts"
import type { NetworkEntry } from "./network-entry.ts"
import { findImageInput, isPhase, type NetworkOptions } from "./network-options.ts"
import { findNetwork, networkNames } from "./registry.ts"

export interface NetworkSpec {
  readonly entry: NetworkEntry
  /** What the name itself says. */
  readonly options: NetworkOptions
}

const grammar: Readonly<Record<NetworkEntry["kind"], string>> = {
  image: "NAME[@WIDTH][-cifar|-imagenet][-SIZE]",
  encoder: "NAME[-seqN]",
  decoder: "NAME[-prefill|-decode][-seqN|-kvN][-blocksN]",
}

/** Throws a WorkloadError that names the nearest network. */
export const parseNetworkSpec = (text: string): NetworkSpec => {
  const { name, width } = splitWidth(text)
  const tokens = name.split(/[-_/\s]+/).filter((token) => token !== "")
  const suffixes: string[] = []
  let entry = findNetwork(tokens.join(" "))
  // A size may also be the end of a name ("vit-b-16"), so a suffix comes off only while no name fits.
  while (entry === undefined && tokens.length > 1) {
    suffixes.unshift(tokens.pop() ?? "")
    entry = findNetwork(tokens.join(" "))
  }
  if (entry === undefined) throw unknownNetwork(text, nameWithoutSuffixes(name))
  let options: NetworkOptions = width === undefined ? {} : { width }
  for (const token of suffixes) options = withSuffix(text, entry, options, token)
  return { entry, options }
}

const splitWidth = (text: string): { readonly name: string; readonly width: number | undefined } => {
  const [before, after, ...rest] = text.split("@")
  if (after === undefined) return { name: text, width: undefined }
  const [, digits, suffixes] = /^(\d+(?:\.\d+)?|\.\d+)?(.*)$/s.exec(after) ?? []
  if (rest.length > 0 || digits === undefined || /^[^-_/\s]/.test(suffixes)) {
    throw new WorkloadError({
      message: `"${text}": expected one width such as 0.75 after the @.`,
      remedy: `Write ${grammar.image}.`,
    })
  }
  return { name: before + suffixes, width: Number(digits) }
}

/** What one suffix says about the network, e.g. `kv2048` → { kv: 2048 }. */
const readSuffix = (entry: NetworkEntry, token: string): NetworkOptions | undefined => {
  const lower = token.toLowerCase()
  const input = findImageInput(lower)
  if (input !== undefined) return { input }
  if (isPhase(lower)) return { phase: lower }
  const [, counted, digits] = /^(seq|kv|blocks)(\d+)$/.exec(lower) ?? []
  if (counted === "seq") return { seq: Number(digits) }
  if (counted === "kv") return { kv: Number(digits) }
  if (counted === "blocks") return { blocks: Number(digits) }
  const size = /^(\d+)(?:x\1)?$/.exec(lower)
  if (size !== null) {
    return entry.kind === "image" ? { imageSize: Number(size[1]) } : { seq: Number(size[1]) }
  }
  return /^\d*\.\d+$/.test(lower) ? { width: Number(lower) } : undefined
}

const withSuffix = (
  text: string,
  entry: NetworkEntry,
  options: NetworkOptions,
  token: string,
): NetworkOptions => {
  const said = readSuffix(entry, token)
  if (said === undefined) {
    throw new WorkloadError({
      message: `There is no built-in network "${text}": ${entry.id} has no variant "${token}".`,
      remedy: `Write ${grammar[entry.kind]}. Known networks: ${networkNames().join(", ")}.`,
    })
  }
  const twice = Object.keys(said).find((key) => Object.hasOwn(options, key))
  if (twice !== undefined) {
    throw new WorkloadError({
      message: `"${text}" gives ${twice} twice.`,
      remedy: `Write ${grammar[entry.kind]}.`,
    })
  }
  return { ...options, ...said }
}

/** For the "did you mean" of an unknown name: what is left without data set and size. */
const nameWithoutSuffixes = (name: string): string =>
  name.toLowerCase().replace(/[-_](cifar(10|100)?|imagenet|\d+x\d+|224)\b/g, "")

const unknownNetwork = (text: string, name: string): WorkloadError =>
  new WorkloadError({
    message: `There is no built-in network "${text}".`,
    remedy: didYouMean(name, networkNames()),
  })
