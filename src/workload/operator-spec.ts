/** Single operators as workloads: `gemm:4096x4096x4096`, `conv:56x56x64,k3,s1,p1,f128`, `attention:h12,s128,d64`. */
import { WorkloadError } from "../../arch/errors.ts"
import { didYouMean } from "../../arch/nearest.ts"
import type { Layer, Network } from "../../dataflows/network.ts"
import { convOutHeight, convOutWidth, forwardMacs } from "../../dataflows/operator.ts"
import { appendAttention } from "./networks/attention.ts"
import { LayerList } from "./networks/layer-list.ts"
import { positiveInteger } from "./networks/network-options.ts"

const grammars = {
  gemm: "gemm:MxNxK: M rows by a K×N weight, e.g. gemm:4096x4096x4096",
  conv:
    "conv:HxWxC,kR[xS],fF with any of ,sN (stride) ,pN (padding) ,gN (groups) ,dN (dilation), " +
    "e.g. conv:56x56x64,k3,s1,p1,f128",
  attention: "attention:hHEADS,sQUERIES,dFEATURES[,kvKEYS], e.g. attention:h12,s128,d64",
} as const

type OperatorKind = keyof typeof grammars

const isOperatorKind = (text: string): text is OperatorKind => Object.hasOwn(grammars, text)

/** True when `text` is meant as an operator: a known kind before a colon. */
export const isOperatorSpec = (text: string): boolean =>
  isOperatorKind(text.split(":")[0].trim().toLowerCase())

/** Grammar of each operator, for help texts. */
export const operatorGrammars = (): readonly string[] => Object.values(grammars)

/**
 * A network of one operator (attention: its two products and the softmax between them).
 *
 * `batch` multiplies the rows of a GEMM, the images of a convolution, the sequences of an attention. Throws a
 * WorkloadError that quotes what it could not read and gives the grammar.
 */
export const readOperatorSpec = (text: string, batch = 1): Network => {
  const images = positiveInteger("batch", batch, 65_536)
  const [, head, body] = /^([^:]*):(.*)$/s.exec(text) ?? [undefined, text, ""]
  const kind = head.trim().toLowerCase()
  if (!isOperatorKind(kind)) {
    throw new WorkloadError({
      message: `"${text}" is not an operator.`,
      remedy: `${didYouMean(kind, Object.keys(grammars))} ${operatorGrammars().join("; ")}.`,
    })
  }
  const layers = readers[kind](new SpecText(text, kind, body), images)
  if (layers.some((layer) => !Number.isSafeInteger(forwardMacs(layer.op)))) {
    throw new WorkloadError({
      message: `"${text}" at batch ${images} has more operations than can be counted exactly (2^53).`,
      remedy: "Use smaller sizes.",
    })
  }
  const id = text.toLowerCase().replace(/\s/g, "")
  return { id, name: id, batch: images, layers, source: "operator" }
}

/** The text after the colon, with errors that quote it. */
class SpecText {
  readonly #text: string
  readonly #kind: OperatorKind
  readonly parts: readonly string[]

  constructor(text: string, kind: OperatorKind, body: string) {
    this.#text = text
    this.#kind = kind
    this.parts = body.split(",").map((part) => part.trim())
  }

  error(message: string): WorkloadError {
    return new WorkloadError({
      message: `"${this.#text}": ${message}.`,
      remedy: `Write ${grammars[this.#kind]}.`,
    })
  }

  /** "56x56x64" → [56, 56, 64]; between `fewest` and `most` numbers, each from `smallest` up. */
  sizes(part: string, what: string, [fewest, most]: readonly [number, number], smallest = 1): number[] {
    const texts = part.split(/[x×]/i)
    const numbers = texts.map((digits) => (/^\s*\d{1,9}\s*$/.test(digits) ? Number(digits) : Number.NaN))
    const right = texts.length >= fewest && texts.length <= most && numbers.every((n) => n >= smallest)
    if (right) return numbers
    const count = fewest === most ? `${fewest}` : `${fewest} or ${most}`
    const plural = most === 1 ? "a whole number" : `${count} whole numbers with x between them`
    throw this.error(`${what} is "${part}", expected ${plural}, from ${smallest} to 999999999`)
  }

  /** Fields such as `k3`: letters, then sizes. Each of `keys` at most once. */
  fields(parts: readonly string[], keys: readonly string[]): ReadonlyMap<string, string> {
    const found = new Map<string, string>()
    for (const part of parts) {
      const [, key, value] = /^([a-z]*)(.*)$/is.exec(part.toLowerCase()) ?? []
      if (!keys.includes(key)) throw this.error(`"${part}" is none of ${keys.join(", ")} with a number`)
      if (found.has(key)) throw this.error(`${key} is given twice`)
      found.set(key, value)
    }
    return found
  }
}

const readGemm = (spec: SpecText, batch: number): Layer[] => {
  if (spec.parts.length !== 1) throw spec.error(`unexpected ",${spec.parts.slice(1).join(",")}"`)
  const [m, n, k] = spec.sizes(spec.parts[0], "the size", [3, 3])
  return [{ id: "gemm", op: { kind: "linear", rows: batch * m, inFeatures: k, outFeatures: n } }]
}

/** One number for both axes, or height × width. */
const axes = (
  spec: SpecText,
  fields: ReadonlyMap<string, string>,
  key: string,
  fallback: number,
): readonly [number, number] => {
  const text = fields.get(key)
  if (text === undefined) return [fallback, fallback]
  const [height, width = height] = spec.sizes(text, key, [1, 2], key === "p" ? 0 : 1)
  return [height, width]
}

const readConv = (spec: SpecText, batch: number): Layer[] => {
  const [shape, ...rest] = spec.parts
  const [inHeight, inWidth, inChannels] = spec.sizes(shape, "the input", [3, 3])
  const fields = spec.fields(rest, ["k", "f", "s", "p", "g", "d"])
  for (const [key, what] of [
    ["k", "kernel"],
    ["f", "number of filters"],
  ]) {
    if (!fields.has(key)) throw spec.error(`the ${what} (${key}) is missing`)
  }
  const [kernelHeight, kernelWidth] = axes(spec, fields, "k", 1)
  const [strideHeight, strideWidth] = axes(spec, fields, "s", 1)
  const [padTop, padLeft] = axes(spec, fields, "p", 0)
  const [dilationHeight, dilationWidth] = axes(spec, fields, "d", 1)
  const [outChannels] = spec.sizes(fields.get("f") ?? "", "f", [1, 1])
  const [groups] = spec.sizes(fields.get("g") ?? "1", "g", [1, 1])
  if (inChannels % groups !== 0 || outChannels % groups !== 0) {
    throw spec.error(`${groups} groups do not divide ${inChannels} channels and ${outChannels} filters`)
  }
  const op = {
    kind: "conv2d",
    batch,
    inChannels,
    outChannels,
    inHeight,
    inWidth,
    kernelHeight,
    kernelWidth,
    strideHeight,
    strideWidth,
    dilationHeight,
    dilationWidth,
    padTop,
    padBottom: padTop,
    padLeft,
    padRight: padLeft,
    groups,
  } as const
  if (convOutHeight(op) < 1 || convOutWidth(op) < 1) {
    throw spec.error("the kernel is larger than the padded input")
  }
  return [{ id: "conv", op }]
}

const readAttention = (spec: SpecText, batch: number): Layer[] => {
  const fields = spec.fields(spec.parts, ["h", "s", "d", "kv"])
  const one = (key: string, what: string): number => {
    const text = fields.get(key)
    if (text === undefined) throw spec.error(`the ${what} (${key}) is missing`)
    return spec.sizes(text, key, [1, 1])[0]
  }
  const heads = one("h", "number of heads")
  const queries = one("s", "number of queries")
  const headFeatures = one("d", "number of features a head")
  const keys = fields.has("kv") ? one("kv", "number of keys") : queries
  const list = new LayerList(batch)
  appendAttention(list, "attention", { heads, headFeatures, queries, keys })
  return list.layers
}

const readers: Readonly<Record<OperatorKind, (spec: SpecText, batch: number) => Layer[]>> = {
  gemm: readGemm,
  conv: readConv,
  attention: readAttention,
}
