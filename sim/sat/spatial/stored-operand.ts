/** What a design keeps of each operand: which elements are stored and moved, and the metadata beside them. */
import { UnsupportedError } from "../../../arch/errors.ts"
import type { SpatialArrayMachine } from "../../../arch/machine.ts"
import type { Gemm } from "../../../dataflows/gemm.ts"
import { indexBits } from "../../../dataflows/sparsity/compressed-size.ts"
import { formatNmPattern, isDense, type NmPattern } from "../../../dataflows/sparsity/nm-pattern.ts"

export type SpatialDesign = SpatialArrayMachine["designs"][string]

/**
 * `none`: every element, no metadata. `code`: the non-zeros, each with `bits` bits that place it (an index in its group, or
 * a run length). `bitmap`: the non-zeros, and one bit for every element. `two-level bitmap`: one bit for every element of
 * each group of `lanes` elements that is not all zero, and one bit above them for every row of a tile.
 */
export type StorageFormat = "none" | "code" | "bitmap" | "two-level bitmap"

export interface StoredOperand {
  /** Share of the elements that are stored, moved and computed with. */
  readonly density: number
  readonly format: StorageFormat
  /** Bits of one code. */
  readonly bits: number
  /** True when non-zeros lie anywhere, so that a small tile may be full; false when every group of M holds its N. */
  readonly scattered: boolean
}

/** A product C[m × n] = W[m × k] · A[k × n] of weights and activations as one design runs it. */
export interface DesignedGemm {
  /** `k` is padded to a whole number of the groups that the study runs at a time. */
  readonly gemm: Gemm
  readonly weights: StoredOperand
  readonly activations: StoredOperand
  /** Elements of k that a sub-partition takes at a time; M/N times its columns when it skips N:M. */
  readonly spatialK: number
  /** Sums that an earlier part of the same product left in DRAM; read before this one adds to them. */
  readonly priorSums: number
}

export interface SpatialSparsity {
  /** Along k of the weights; 1:1 when dense. */
  readonly pattern: NmPattern
  /** Share of activations that are not zero. */
  readonly activationDensity: number
}

const dense: StoredOperand = { density: 1, format: "none", bits: 0, scattered: false }
const densePattern: NmPattern = { n: 1, m: 1 }

/**
 * The pattern that the hardware runs: the tensor's own where its groups are within reach, the hardware's sparsest one where
 * the tensor is sparser still (such a tensor fits that pattern too), and dense otherwise. This is why 2:8 weights gain no
 * more than 2:4 on hardware made for 2:4.
 */
export const runnablePattern = (design: SpatialDesign, pattern: NmPattern): NmPattern => {
  const { groups } = design.weights
  if (groups === undefined || isDense(pattern) || pattern.n > groups.kept.value) return densePattern
  if (pattern.m < groups.smallest.value) return densePattern
  const sparsest = { n: groups.kept.value, m: groups.largest.value }
  return pattern.m * sparsest.n > sparsest.m * pattern.n || pattern.m > sparsest.m ? sparsest : pattern
}

/** Bits of one code as stored: memories keep codes in a power of two of bits, so that none straddles a word. */
export const storedCodeBits = (design: SpatialDesign, pattern: NmPattern): number => {
  const { format, runLength } = design.weights
  if (format === "index") return powerOfTwo(indexBits(pattern.m))
  const bits = runLength?.[formatNmPattern(pattern)]
  if (bits === undefined) {
    throw new UnsupportedError({
      message: `run lengths of ${formatNmPattern(pattern)} have no stated width in ${design.studyName}`,
      remedy: `It states ${Object.keys(runLength ?? {}).join(", ")}; add a width to a machine file of your own, or take a design with indices.`,
    })
  }
  return powerOfTwo(bits.value)
}

const powerOfTwo = (bits: number): number => 2 ** Math.ceil(Math.log2(bits))

const weightsOf = (design: SpatialDesign, pattern: NmPattern): StoredOperand => {
  if (isDense(pattern) || design.weights.format === "none") return dense
  const density = pattern.n / pattern.m
  if (design.weights.format === "bitmap") {
    return { density, format: "two-level bitmap", bits: 0, scattered: true }
  }
  return { density, format: "code", bits: storedCodeBits(design, pattern), scattered: false }
}

const activationsOf = (design: SpatialDesign, density: number, weights: StoredOperand): StoredOperand => {
  const { format, denseFrom } = design.activations
  if (format === "none" || density >= 1) return dense
  if (denseFrom !== undefined && Math.min(density, weights.density) >= denseFrom.value) return dense
  return {
    density,
    format: design.dataflow === "output-stationary" ? "two-level bitmap" : "bitmap",
    bits: 0,
    scattered: true,
  }
}

/** The product as `design` runs it. @throws UnsupportedError when the design cannot encode the pattern */
export const designedGemm = (
  machine: SpatialArrayMachine,
  design: SpatialDesign,
  { m, n, k }: Gemm,
  { pattern, activationDensity }: SpatialSparsity,
): DesignedGemm => {
  const skipsNm = design.dataflow === "weight-stationary"
  const own = skipsNm ? runnablePattern(design, pattern) : pattern
  const weights = weightsOf(design, own)
  const activations = activationsOf(design, activationDensity, weights)
  // The study pads k so that its structure divides it, for every design alike.
  const group = Math.ceil((machine.array.cols.value * own.m) / own.n)
  return {
    gemm: { m, n, k: Math.ceil(k / group) * group },
    weights,
    activations,
    spatialK: skipsNm ? group : 1,
    priorSums: 0,
  }
}

/**
 * Bits of metadata of `elements` elements in tiles of `tile` elements to a row. `upper` counts the upper level of a
 * two-level bitmap, which the operand registers do without.
 */
export const metadataBits = (
  { density, format, bits }: StoredOperand,
  elements: number,
  lanes: number,
  upper: { readonly tile: number } | undefined,
): number => {
  switch (format) {
    case "none":
      return 0
    case "code":
      return elements * density * bits
    case "bitmap":
      return elements
    case "two-level bitmap":
      return elements * (1 - (1 - density) ** lanes) + (upper === undefined ? 0 : elements / upper.tile)
  }
}
