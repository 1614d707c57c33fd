/** What is told of how few outcomes of the past decide a program's branches. */
import { percentText, wholeNumber } from "../../viz/number-format.ts"
import type { HistoryPositions } from "./sparse-models.ts"

export interface AnalysedBranch {
  readonly address: string
  readonly executions: number
  readonly baseMisses: number
  readonly takenShare: number
  /** Misses on validation of guessing one direction. */
  readonly directionMisses: number
  readonly nonzero: number
  readonly sparse: boolean
  readonly saved: number
  readonly terms: readonly { readonly what: string; readonly weight: number }[]
}

export interface Analysis {
  readonly trace: string
  readonly machine: string
  readonly predictor: string
  readonly misses: number
  readonly analysedShare: number
  readonly sparseBranches: number
  readonly criterion: { readonly mostTerms: number; readonly mostMissShare: number }
  readonly branches: readonly AnalysedBranch[]
  readonly byTerms: readonly { readonly terms: number; readonly branches: number }[]
  readonly positions: readonly HistoryPositions[]
}

/** Misses that the models of sparse branches would save, where they are better than the predictor. */
export const savedBySparse = ({ branches }: Analysis): number =>
  branches.reduce((sum, { sparse, saved }) => (sparse && saved > 0 ? sum + saved : sum), 0)

export const analysisVerdict = (analysis: Analysis): string => {
  const { branches, sparseBranches, misses, analysedShare, predictor } = analysis
  const saved = savedBySparse(analysis)
  const those = `${wholeNumber(sparseBranches)} of the ${wholeNumber(branches.length)} branches that make ${percentText(analysedShare)} of ${predictor}’s misses are sparse`
  return saved === 0
    ? `${those}; a sparse model of the history alone would save none of the misses.`
    : `${those}; sparse models of the history alone would save ${percentText(saved / misses)} of all misses.`
}
