/** What one run is asked to do, checked. */
import { readFileSync } from "node:fs"
import type { Dataflow } from "../../arch/array-machine.ts"
import { ConfigError } from "../../arch/errors.ts"
import type { Override } from "../../arch/machine-catalogue.ts"
import { didYouMean } from "../../arch/nearest.ts"
import type { MetadataFormat } from "../../dataflows/sparsity/compressed-size.ts"
import { type LayerPatterns, readLayerPatterns } from "../../dataflows/sparsity/layer-patterns.ts"
import { parsePattern, patternForms } from "../../dataflows/sparsity/pattern/pattern-text.ts"
import type { SparsityPattern } from "../../dataflows/sparsity/pattern/sparsity-pattern.ts"
import { parseTrainingMethod, type TrainingMethod } from "../../dataflows/training-method.ts"
import type { Optimizer } from "../../dataflows/optimizer.ts"
import type { WeightSparsity } from "../../sim/cpu/network/weight-sparsity.ts"
import type { Objective } from "../../sim/sat/best-mapping.ts"
import type { FixedSchedule } from "../../sim/sat/plan.ts"
import { type LayerZeros, readLayerZeros, saysZeros } from "./layer-zeros.ts"
import { parseUnstructured } from "./unstructured-text.ts"
import { machineFeatures } from "../../sim/sat/stage-cost.ts"
import type { BranchTraceFormat } from "../workload/branch-trace/trace-format.ts"
import type { WorkloadOptions } from "../workload/resolve-workload.ts"

/** Features that a run can do without, to see what each buys. */
export const ablations = ["pregeneration", ...machineFeatures] as const
export type Ablation = (typeof ablations)[number]

export interface RunSpec extends WorkloadOptions {
  readonly workload: string
  /** Machine id or path of a machine file. */
  readonly machine: string
  readonly overrides: readonly Override[]
  /** Undefined: dense. */
  readonly pattern?: SparsityPattern
  /** Zeros without a pattern, of the 1×1 convolutions; instead of `pattern`. */
  readonly unstructured?: WeightSparsity
  /** Zeros of single layers, from a sparsity file; instead of `unstructured`. */
  readonly layerZeros?: LayerZeros
  /** True: what of the weights of an ONNX file is zero stays so, and kernels skip it. */
  readonly ownZeros?: true
  /** Library of kernels, of a machine that has several; its usual one when absent. */
  readonly library?: string
  /** Patterns of single layers, from a sparsity file; its default is `pattern`. */
  readonly layerPatterns?: LayerPatterns
  /** How the positions of kept values are written down; `index` when absent. */
  readonly metadata?: MetadataFormat
  /** Undefined: inference. */
  readonly training?: TrainingMethod
  readonly dataflow?: Dataflow
  /** Features switched off. */
  readonly ablate: readonly Ablation[]
  readonly objective: Objective
  /** Optimiser of the weight update; momentum when absent. */
  readonly optimizer?: Optimizer
  /** Mappings fixed by a schedule file, and that file. */
  readonly schedule?: FixedSchedule
  readonly scheduleFile?: string
  /** Number format asked for; it must be the machine's. */
  readonly dtype?: string
  readonly energyTable?: string
  /** One of the designs of a machine that has several; the machine's own choice when absent. */
  readonly design?: string
  /** Share of activations that are not zero, for machines that skip them; 1 when absent. */
  readonly activationDensity?: number
  /** Instructions at the start of a branch trace that train the predictor and are told apart; none when absent. */
  readonly warmUp?: number
  /** Format of a branch trace; found out when absent. */
  readonly traceFormat?: BranchTraceFormat
  readonly seed: number
  readonly detail: "stage" | "tile"
  /** SCALE-Sim's own counting; the default where a cfg is given. */
  readonly compat: "scalesim" | "none"
}

/** Reads "90%" or, in blocks of output channels, "90%/4x1"; undefined for what is no share of zeros. @throws ConfigError */
export const readUnstructured = (text: string): WeightSparsity | undefined => {
  if (!/^\d{1,3}(?:\.\d+)?%/.test(text.trim())) return undefined
  const read = parseUnstructured(text)
  if (read !== undefined) return read
  throw new ConfigError({
    message: `--sparsity ${text}: expected a share of zeros above 0 % and below 100 %, alone or in blocks of 2 or 4 output channels`,
    remedy: "For example --sparsity 90% or --sparsity 90%/4x1.",
  })
}

/** Reads "2:8", a pattern of another form or "dense". @throws ConfigError */
export const readPattern = (text: string): SparsityPattern | undefined => {
  if (text.trim().toLowerCase() === "dense") return undefined
  const pattern = parsePattern(text)
  if (pattern === undefined) {
    throw new ConfigError({
      message: `--sparsity ${text}: expected N:M with 1 ≤ N ≤ M, or "dense"`,
      remedy: `For example --sparsity 2:8. Known forms: ${patternForms}; on CPUs a share of zeros (90%, 90%/4x1).`,
    })
  }
  return pattern
}

/** Reads a sparsity file: patterns, or shares of zeros. @throws ConfigError */
export const readSparsityFile = (
  file: string,
): { readonly layerPatterns: LayerPatterns } | { readonly layerZeros: LayerZeros } => {
  let text: string
  try {
    text = readFileSync(file, "utf8")
  } catch {
    throw new ConfigError({
      message: "the sparsity file cannot be read",
      place: { file },
      remedy: "Check the path; it is relative to the current folder.",
    })
  }
  return saysZeros(text)
    ? { layerZeros: readLayerZeros(text, file) }
    : { layerPatterns: readLayerPatterns(text, file) }
}

/** One of a list of names. @throws ConfigError with the nearest */
export const readChoice = <T extends string>(flag: string, text: string, choices: readonly T[]): T => {
  const found = choices.find((choice) => choice === text.toLowerCase())
  if (found === undefined) {
    throw new ConfigError({
      message: `${flag} ${text}: not a known choice`,
      remedy: didYouMean(text, choices),
    })
  }
  return found
}

/** A built-in method or `custom:FF=W,BP=W,WU=G`. @throws ConfigError with the nearest */
export const readTraining = (text: string): TrainingMethod => parseTrainingMethod(text)

/** A whole number of at least `least`. @throws ConfigError */
export const readCount = (flag: string, text: string, least = 1): number => {
  const value = /^\d{1,15}$/.test(text.trim()) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(value) || value < least) {
    throw new ConfigError({
      message: `${flag} ${text}: expected a whole number of at least ${least}`,
      remedy: `For example ${flag} ${Math.max(least, 8)}.`,
    })
  }
  return value
}

/** A share above 0 and up to 1. @throws ConfigError */
export const readDensity = (flag: string, text: string): number => {
  const value = /^\d*\.?\d+$/.test(text.trim()) ? Number(text) : Number.NaN
  if (!(value > 0 && value <= 1)) {
    throw new ConfigError({
      message: `${flag} ${text}: expected a share above 0 and up to 1`,
      remedy: `For example ${flag} 0.5.`,
    })
  }
  return value
}

/** "name=1x3x640x640" as a shape. @throws ConfigError */
export const readInputShape = (text: string): readonly [string, readonly number[]] => {
  const match = /^([^=]+)=(\d+(?:[x,]\d+)*)$/.exec(text.trim())
  const shape = (match?.[2] ?? "").split(/[x,]/).map(Number)
  if (match === null || shape.some((size) => !Number.isSafeInteger(size) || size < 1)) {
    throw new ConfigError({
      message: `--input-shape ${text}: expected NAME=SIZExSIZEx…`,
      remedy: "For example --input-shape x=1x3x640x640.",
    })
  }
  return [match[1] ?? "", shape]
}
