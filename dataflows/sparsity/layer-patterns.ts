/**
 * A sparsity file: a pattern for every layer of a network (DominoSearch, NeurIPS 2021, mixes N:M by layer), with dense
 * exceptions.
 *
 * @example
 * schema: sparsim-sparsity/1
 * default: 2:8
 * layers:
 *   layer1.*: 2:4
 *   layer4.1.conv2: 1:8
 *   fc: dense
 */
import * as Schema from "effect/Schema"
import { ConfigError } from "../../arch/errors.ts"
import { didYouMean } from "../../arch/nearest.ts"
import { decodeYaml } from "../../arch/yaml-file.ts"
import { gemmLayers, type Layer, type Network } from "../network.ts"
import { parsePattern, patternForms } from "./pattern/pattern-text.ts"
import type { SparsityPattern } from "./pattern/sparsity-pattern.ts"

export interface LayerPatterns extends LayerChoices<SparsityPattern> {
  /** What layers that are not named get; undefined leaves that to the run. The first layer stays dense unless named. */
  readonly default?: SparsityPattern | "dense"
}

const PatternText = Schema.String.check(
  Schema.makeFilter((text: string) =>
    readText(text) === undefined ? `expected "dense", ${patternForms}` : undefined,
  ),
)

/** The file's form. */
export const SparsityFile = Schema.Struct({
  schema: Schema.Literal("sparsim-sparsity/1"),
  about: Schema.optionalKey(Schema.String),
  default: Schema.optionalKey(PatternText),
  layers: Schema.optionalKey(Schema.Record(Schema.String, PatternText)),
})

const readText = (text: string): SparsityPattern | "dense" | undefined =>
  text.trim().toLowerCase() === "dense" ? "dense" : parsePattern(text)

/** Reads a sparsity file. @throws ConfigError with the place of the first defect */
export const readLayerPatterns = (text: string, file: string): LayerPatterns => {
  const decoded = decodeYaml(text, file, SparsityFile)
  const fallback = decoded.default === undefined ? undefined : readText(decoded.default)
  return {
    file,
    ...(fallback === undefined ? {} : { default: fallback }),
    layers: Object.entries(decoded.layers ?? {}).flatMap(([name, written]) => {
      const pattern = readText(written)
      return pattern === undefined ? [] : [[name, pattern] as const]
    }),
  }
}

const isGlob = (name: string): boolean => /[*?]/.test(name)

const globExpression = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replace(/\*/g, ".*")
      .replace(/\?/g, ".")}$`,
    "su",
  )

const hasWeights = ({ op }: Layer): boolean => op.kind === "conv2d" || op.kind === "linear"

const refuse = (file: string, name: string, message: string, remedy: string): ConfigError =>
  new ConfigError({ message, place: { file, path: `layers.${name}` }, remedy })

/** What a file says of single layers: id or glob, and what they get; in the file's order. */
export interface LayerChoices<T> {
  /** Name of the file, for errors. */
  readonly file: string
  readonly layers: readonly (readonly [name: string, choice: T | "dense"])[]
}

/**
 * What each layer gets that the file reaches. A layer's own id beats a glob, a later glob an earlier one; a glob only reaches
 * layers that can be pruned.
 * @throws ConfigError for a name that no layer has, with the nearest, and for a layer that cannot be pruned
 */
export const chosenByLayer = <T>(
  network: Network,
  { file, layers: entries }: LayerChoices<T>,
  canPrune: (layer: Layer) => boolean,
  /** For errors: "layer with weights", "has no weights to prune". */
  words: { readonly those: string; readonly cannot: string },
): ReadonlyMap<string, T | "dense"> => {
  const prunable = gemmLayers(network).filter(canPrune)
  const known = new Map(network.layers.map((layer) => [layer.id, layer]))
  const chosen = new Map<string, T | "dense">()
  // A name that is some layer's id is that id, whatever characters it has.
  for (const [name, choice] of entries) {
    if (known.has(name)) continue
    if (!isGlob(name)) {
      const ids = prunable.map(({ id }) => id)
      throw refuse(file, name, `${network.id} has no layer "${name}"`, didYouMean(name, ids))
    }
    const expression = globExpression(name)
    const reached = prunable.filter(({ id }) => expression.test(id))
    if (reached.length === 0) {
      throw refuse(
        file,
        name,
        `"${name}" reaches no ${words.those} of ${network.id}`,
        `Its first such layers: ${prunable
          .slice(0, 8)
          .map(({ id }) => id)
          .join(", ")}.`,
      )
    }
    for (const { id } of reached) chosen.set(id, choice)
  }
  for (const [name, choice] of entries) {
    const layer = known.get(name)
    if (layer === undefined) continue
    if (!canPrune(layer) && choice !== "dense") {
      throw refuse(file, name, `layer "${name}" ${words.cannot}`, 'Remove it, or write "dense".')
    }
    chosen.set(name, choice)
  }
  return chosen
}

/** The network with the file's patterns on its layers. @throws ConfigError as `chosenByLayer` */
export const withLayerPatterns = (network: Network, patterns: LayerPatterns): Network => {
  const chosen = chosenByLayer<SparsityPattern>(network, patterns, hasWeights, {
    those: "layer with weights",
    cannot: "has no weights to prune",
  })
  return {
    ...network,
    layers: network.layers.map((layer) => {
      const sparsity = chosen.get(layer.id)
      return sparsity === undefined ? layer : { ...layer, sparsity }
    }),
  }
}
