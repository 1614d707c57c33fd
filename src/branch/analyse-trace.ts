/** How sparse the correlations of a program's branches are: models of the history alone, for what a predictor misses. */
import { basename } from "node:path"
import { splitSparse } from "../../arch/branch-sparse-catalogue.ts"
import { UnsupportedError, WorkloadError } from "../../arch/errors.ts"
import type { BranchMachine } from "../../arch/machine.ts"
import {
  type BranchAnalysis,
  branchesByTerms,
  defaultSparsity,
  savedByPosition,
} from "../../sim/branch/sparse/analyse-branches.ts"
import { globalPositions } from "../../sim/branch/sparse/history-window.ts"
import { BOTH, OUTCOME, type Term } from "../../sim/branch/sparse/sparse-model.ts"
import { defaultTraining } from "../../sim/branch/sparse/train-models.ts"
import type { BranchSource } from "./branch-run.ts"
import { type PassProgress, trainOnTrace } from "./train-on-trace.ts"

export interface AnalysisOptions {
  /** Of the trace's start; undefined for all. */
  readonly instructions?: number
  /** Branches with most misses that are fitted at most. */
  readonly branches: number
  readonly progress: PassProgress
}

/** Plain numbers and texts, for JSON and pages. */
export interface TraceAnalysis {
  readonly trace: string
  readonly format: string
  readonly machine: string
  readonly predictor: string
  /** Misses of the predictor, all branches. */
  readonly misses: number
  /** Of these, the share of the branches analysed. */
  readonly analysedShare: number
  readonly sparseBranches: number
  /** A branch counts as sparse with at most this many terms, if they leave at most this share of a guess's misses. */
  readonly criterion: { readonly mostTerms: number; readonly mostMissShare: number }
  readonly branches: readonly (Omit<BranchAnalysis, "terms"> & {
    /** By falling weight. */
    readonly terms: readonly { readonly what: string; readonly weight: number }[]
  })[]
  /** Sparse branches by number of terms, those that there are. */
  readonly byTerms: readonly { readonly terms: number; readonly branches: number }[]
  /** Misses that models of sparse branches would save, by history and outcomes ago. */
  readonly positions: readonly {
    readonly history: "global" | "local"
    readonly saved: readonly { readonly ago: number; readonly misses: number }[]
  }[]
}

/** "global 12": the outcome 12 conditional branches ago. */
const outcomeName = (position: number): string =>
  position < globalPositions ? `global ${position + 1}` : `local ${position - globalPositions + 1}`

const termName = ({ kind, first, second }: Term): string =>
  kind === OUTCOME
    ? outcomeName(first)
    : `${outcomeName(first)} ${kind === BOTH ? "and" : "xor"} ${outcomeName(second)}`

const positionsOf = (branches: readonly BranchAnalysis[]): TraceAnalysis["positions"] => {
  const saved = savedByPosition(
    branches.filter(({ sparse }) => sparse),
    2 * globalPositions,
  )
  return (["global", "local"] as const).map((history, h) => ({
    history,
    saved: [...saved.subarray(h * globalPositions, (h + 1) * globalPositions)]
      .map((misses, i) => ({ ago: i + 1, misses }))
      .filter(({ misses }) => misses > 0),
  }))
}

/** @throws WorkloadError, UnsupportedError */
export const analyseTrace = async (
  source: BranchSource,
  machine: BranchMachine,
  { instructions = Number.POSITIVE_INFINITY, branches: candidates, progress }: AnalysisOptions,
): Promise<TraceAnalysis> => {
  if (machine.sparse !== undefined) {
    throw new UnsupportedError({
      message: `${machine.id} has sparse models already; what is analysed are the misses of a predictor without them`,
      remedy: `Name it alone: --on ${splitSparse(machine.id).predictor}.`,
    })
  }
  const plan = {
    ...defaultTraining,
    candidates,
    leastMissShare: 0,
    fit: { ...defaultTraining.fit, base: "history-alone" as const },
  }
  const [{ profile, branches }] = await trainOnTrace(source, [machine.predictor], {
    instructions,
    plan,
    criterion: defaultSparsity,
    progress,
  })
  if (branches.length === 0) {
    throw new WorkloadError({
      message: `${machine.id} misses no branch that runs ${plan.leastExecutions} times or more`,
      place: { file: source.name },
      remedy: "Take a longer trace, or a simpler predictor, e.g. --on gshare-64kb.",
    })
  }
  const counts = branchesByTerms(branches, defaultSparsity.mostTerms)
  return {
    trace: basename(source.name),
    format: source.format,
    machine: machine.id,
    predictor: machine.name,
    misses: profile.misses,
    analysedShare: branches.reduce((sum, { baseMisses }) => sum + baseMisses, 0) / profile.misses,
    sparseBranches: branches.filter(({ sparse }) => sparse).length,
    criterion: defaultSparsity,
    branches: branches.map(({ terms, ...branch }) => ({
      ...branch,
      terms: terms
        .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
        .map((term) => ({ what: termName(term), weight: term.weight })),
    })),
    byTerms: [...counts].map((n, terms) => ({ terms, branches: n })).filter(({ branches: n }) => n > 0),
    positions: positionsOf(branches),
  }
}
