/**
 * Training methods as data: which operand of each of the three products is N:M sparse, and how its mask is made. Groups run
 * along the reduction axis of each product: of the same W, FF groups input channels and BP output channels. That is the only
 * reading under which both products shrink; BDWP's own equations are not readable. The first layer and products of two
 * activations stay dense.
 */
import { ConfigError } from "../arch/errors.ts"
import { didYouMean } from "../arch/nearest.ts"
import { type MappedGemm } from "./gemm.ts"
import { type GemmStage, type LoweredGemm } from "./lowering.ts"
import type { MetadataFormat } from "./sparsity/compressed-size.ts"
import { isDense } from "./sparsity/nm-pattern.ts"
import type { SparsityPattern } from "./sparsity/pattern/sparsity-pattern.ts"

/** W, A and G of the literature: FF = A · W, BP = G · Wᵀ, WU = Aᵀ · G. */
export type PrunedTensor = "weight" | "activation" | "gradient"

/**
 * How the mask of an operand is made:
 * - `magnitude`: the N largest of every group of the tensor as this product reads it.
 * - `transposable`: one mask that is N:M along both axes, found in M × M blocks and used by FF and BP alike.
 * - `nested`: the N largest of what the mask of FF left, so that BP's mask lies inside it.
 * - `unbiased`: drawn at random so that the expected value of the pruned tensor is the tensor.
 * - `fixed`: the same positions always; nothing is compared.
 */
export type MaskMaking = "magnitude" | "transposable" | "nested" | "unbiased" | "fixed"

export interface PrunedOperand {
  readonly tensor: PrunedTensor
  readonly mask: MaskMaking
}

/** What a method does to every training stage; a stage that is not named stays dense. */
export interface MethodDefinition {
  /** As people write it: "SR-STE". */
  readonly name: string
  readonly stages: Readonly<Partial<Record<GemmStage, PrunedOperand>>>
}

const byMagnitude = (tensor: PrunedTensor): PrunedOperand => ({ tensor, mask: "magnitude" })
const transposable: PrunedOperand = { tensor: "weight", mask: "transposable" }

const builtIn = {
  dense: { name: "dense", stages: {} },
  /** Zhou et al., ICLR 2021 (arXiv 2102.04010): weights in FF along input channels; gradients pass straight through. */
  "sr-ste": { name: "SR-STE", stages: { FF: byMagnitude("weight") } },
  /** McDanel et al. 2022 (arXiv 2202.00774): the output gradient in BP along output channels; WU takes it unpruned. */
  sdgp: { name: "SDGP", stages: { BP: byMagnitude("gradient") } },
  /** Fang et al., TCAD 2023 (arXiv 2309.13015): W in FF, and W pruned a second time in BP; WU dense. */
  bdwp: { name: "BDWP", stages: { FF: byMagnitude("weight"), BP: byMagnitude("weight") } },
  /** Hubara et al., NeurIPS 2021 (arXiv 2102.08124): one mask serves FF and BP; WU dense. */
  transposable: { name: "transposable mask", stages: { FF: transposable, BP: transposable } },
  /**
   * Zhang et al., ICML 2023 (arXiv 2302.06058) and its code: BP's mask is intersected with FF's; WU dense. The row
   * permutation, searched anew every 100 iterations, is left out: the step modelled is one between two searches.
   */
  "bi-mask": {
    name: "Bi-Mask",
    stages: { FF: byMagnitude("weight"), BP: { tensor: "weight", mask: "nested" } },
  },
  /**
   * Chmiel et al., ICLR 2023 (arXiv 2203.10991): neural gradients pruned without bias in WU. The abstract suggests to
   * combine this with pruning for FF and BP; taking a transposable mask of the weights there is our reading. The paper finds
   * 1:2 or 2:4 enough for gradients; here one pattern serves all three products.
   */
  mvue: {
    name: "MVUE",
    stages: { FF: transposable, BP: transposable, WU: { tensor: "gradient", mask: "unbiased" } },
  },
  /**
   * "Fully sparse training", Xu et al., AAAI 2022: all three products are pruned, activations with fixed masks, the
   * transposed weights separately in BP. That the activations' masks serve WU is our reading; its information-restoration
   * block is left out.
   */
  fst: {
    name: "FST",
    stages: {
      FF: byMagnitude("weight"),
      BP: byMagnitude("weight"),
      WU: { tensor: "activation", mask: "fixed" },
    },
  },
} as const satisfies Readonly<Record<string, MethodDefinition>>

type BuiltInMethod = keyof typeof builtIn

/** Names of the built-in methods. */
export const trainingMethods = Object.keys(builtIn) as readonly BuiltInMethod[]

/** A built-in method's name or the text of one of the user's own, `custom:FF=W,BP=W,WU=G`. */
export type TrainingMethod = BuiltInMethod | `custom:${string}`

const letters: Readonly<Record<string, PrunedTensor>> = { W: "weight", A: "activation", G: "gradient" }

/** Operands of each product; the others do not occur in it. */
const operandsOf: Readonly<Record<GemmStage, readonly string[]>> = {
  FF: ["W", "A"],
  BP: ["W", "G"],
  WU: ["A", "G"],
}
const gemmStages = ["FF", "BP", "WU"] as const

const badCustom = (text: string, what: string, remedy: string): ConfigError =>
  new ConfigError({ message: `custom:${text}: ${what}`, remedy })

const customExample = "For example custom:FF=W,BP=W,WU=G."

/** Letters by stage, in the order FF, BP, WU. @throws ConfigError */
const readCustom = (text: string): readonly (readonly [GemmStage, string])[] => {
  const chosen = new Map<GemmStage, string>()
  for (const part of text.split(",")) {
    const match = /^\s*(\w+)\s*=\s*(\w+)\s*$/.exec(part)
    if (match === null) throw badCustom(text, `"${part}" is not STAGE=OPERAND`, customExample)
    const stage = gemmStages.find((known) => known === match[1].toUpperCase())
    const letter = match[2].toUpperCase()
    if (stage === undefined) {
      throw badCustom(text, `${match[1]} is not a stage`, didYouMean(match[1], gemmStages))
    }
    if (chosen.has(stage)) throw badCustom(text, `${stage} is named twice`, "Name every stage once.")
    if (letter !== "NONE" && !operandsOf[stage].includes(letter)) {
      throw badCustom(
        text,
        `${stage} has no operand ${match[2]}`,
        `${stage} multiplies ${operandsOf[stage].join(" and ")}; "none" keeps it dense.`,
      )
    }
    chosen.set(stage, letter)
  }
  return gemmStages.flatMap((stage) => {
    const letter = chosen.get(stage)
    return letter === undefined || letter === "NONE" ? [] : [[stage, letter] as const]
  })
}

/**
 * A method from its name, or from `custom:STAGE=OPERAND,…` with stages FF, BP, WU and operands W, A, G or none; its masks are
 * by magnitude, each product's own. The same method always gives the same text.
 * @throws ConfigError with the nearest name, or with what a stage can prune
 */
export const parseTrainingMethod = (text: string): TrainingMethod => {
  const trimmed = text.trim()
  if (/^custom:/i.test(trimmed)) {
    const own = trimmed.slice("custom:".length)
    const stages = readCustom(own)
    if (stages.length === 0)
      throw badCustom(own, "no stage prunes anything", "Take the method dense for that.")
    return `custom:${stages.map(([stage, letter]) => `${stage}=${letter}`).join(",")}`
  }
  const found = trainingMethods.find((name) => name === trimmed.toLowerCase())
  if (found === undefined) {
    throw new ConfigError({
      message: `${text} is not a training method`,
      remedy: `${didYouMean(trimmed, trainingMethods)} Or your own: custom:FF=W,BP=W,WU=G.`,
    })
  }
  return found
}

const isBuiltIn = (method: TrainingMethod): method is BuiltInMethod => Object.hasOwn(builtIn, method)

/** What a method does. @throws ConfigError for the text of a custom method that does not parse */
export const methodDefinition = (method: TrainingMethod): MethodDefinition => {
  if (isBuiltIn(method)) return builtIn[method]
  const stages = readCustom(method.slice("custom:".length))
  return {
    name: method,
    stages: Object.fromEntries(stages.map(([stage, letter]) => [stage, byMagnitude(letters[letter])])),
  }
}

/** What the method prunes in this stage. */
export const prunedOperand = (method: TrainingMethod, stage: GemmStage): PrunedOperand | undefined =>
  methodDefinition(method).stages[stage]

/** True when the method prunes something in this stage. */
export const isSparseStage = (method: TrainingMethod, stage: GemmStage): boolean =>
  prunedOperand(method, stage) !== undefined

/** True when the stage needs a mask of the weights that no earlier stage of the step has made: a transposable one is shared. */
export const makesWeightMask = (method: TrainingMethod, stage: GemmStage): boolean => {
  const { FF, BP } = methodDefinition(method).stages
  if (stage === "FF") return FF?.tensor === "weight"
  if (stage !== "BP" || BP?.tensor !== "weight") return false
  return !(BP.mask === "transposable" && FF?.mask === "transposable")
}

/** Number of masks of the weights a step makes. */
export const weightMaskCount = (method: TrainingMethod): number =>
  gemmStages.filter((stage) => makesWeightMask(method, stage)).length

/**
 * Number of compact copies of the weights a step keeps: one for every stage that reads them pruned. A transposable mask is one
 * mask but two copies, packed along each axis: that is how 2:4 training libraries store it, and an assumption here.
 */
export const weightCopyCount = (method: TrainingMethod): number =>
  gemmStages.filter((stage) => prunedOperand(method, stage)?.tensor === "weight").length

/** True when the operand is pruned while it streams in: neither made behind the weight update nor the same positions always. */
export const isPrunedOnline = ({ tensor, mask }: PrunedOperand): boolean =>
  tensor !== "weight" && mask !== "fixed"

export interface MethodOptions {
  /** Share of the kept weights whose value is not zero. */
  readonly nonZeroShare?: number
  readonly metadata?: MetadataFormat
}

/** Attaches the sparsity that `method` gives this stage; `pattern` undefined leaves the product dense. */
export const withMethod = (
  gemm: LoweredGemm,
  stage: GemmStage,
  method: TrainingMethod,
  pattern: SparsityPattern | undefined,
  { nonZeroShare = 1, metadata }: MethodOptions = {},
): MappedGemm => {
  const { groupedLength, ...product } = gemm
  const role = prunedOperand(method, stage)?.tensor
  if (role === undefined || pattern === undefined || isDense(pattern)) return { ...product, nonZeroShare: 1 }
  const operand = product.b.role === role ? "b" : product.a.role === role ? "a" : undefined
  if (operand === undefined) return { ...product, nonZeroShare: 1 }
  return {
    ...product,
    sparsity: { operand, pattern, groupedLength, ...(metadata === undefined ? {} : { metadata }) },
    nonZeroShare: role === "weight" ? nonZeroShare : 1,
  }
}
