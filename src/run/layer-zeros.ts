/**
 * A sparsity file of shares of zeros, for kernels that keep any weights: one share for every layer, with exceptions.
 *
 * @example
 * schema: sparsim-sparsity/1
 * default: 90%
 * layers:
 *   block1.pointwise: dense
 *   block12.*: 95%
 *   block13.pointwise: 90%/4x1
 */
import * as Schema from "effect/Schema"
import { decodeYaml } from "../../arch/yaml-file.ts"
import type { LayerChoices } from "../../dataflows/sparsity/layer-patterns.ts"
import type { WeightSparsity } from "../../sim/cpu/network/weight-sparsity.ts"
import { parseUnstructured } from "./unstructured-text.ts"

export interface LayerZeros extends LayerChoices<WeightSparsity> {
  /** What 1×1 convolutions that are not named get; absent is dense. */
  readonly default?: WeightSparsity | "dense"
}

const readText = (text: string): WeightSparsity | "dense" | undefined =>
  text.trim().toLowerCase() === "dense" ? "dense" : parseUnstructured(text)

const ZerosText = Schema.String.check(
  Schema.makeFilter((text: string) =>
    readText(text) === undefined
      ? 'expected "dense" or a share of zeros above 0 % and below 100 %, such as 90% or 90%/4x1'
      : undefined,
  ),
)

const ZerosFile = Schema.Struct({
  schema: Schema.Literal("sparsim-sparsity/1"),
  about: Schema.optionalKey(Schema.String),
  default: Schema.optionalKey(ZerosText),
  layers: Schema.optionalKey(Schema.Record(Schema.String, ZerosText)),
})

/** Whether a sparsity file says shares of zeros rather than patterns: any of its values is a percentage. */
export const saysZeros = (text: string): boolean => /:\s*["']?\d+(?:\.\d+)?%/.test(text)

/** Reads such a file. @throws ConfigError with the place of the first defect */
export const readLayerZeros = (text: string, file: string): LayerZeros => {
  const decoded = decodeYaml(text, file, ZerosFile)
  const fallback = decoded.default === undefined ? undefined : readText(decoded.default)
  return {
    file,
    ...(fallback === undefined ? {} : { default: fallback }),
    layers: Object.entries(decoded.layers ?? {}).flatMap(([name, written]) => {
      const zeros = readText(written)
      return zeros === undefined ? [] : [[name, zeros] as const]
    }),
  }
}
