/** What a stretch of a program did on a core with a branch predictor, and the figures that are made of it. */
import { type Aggregate, sumOf, type Tally } from "../aggregate.ts"

export interface BranchCounts {
  readonly instructions: number
  /** What MPKI are of, of a whole trace whose header counts other instructions than its records. */
  readonly declaredInstructions?: number
  readonly branches: number
  readonly conditional: number
  /** Of the direction of conditional branches. */
  readonly mispredictions: number
  readonly taken: number
  readonly indirectTargetMisses: number
  readonly returnTargetMisses: number
  readonly redirects: number
  readonly cycles: number
  /** Cycles that the core waits after mispredictions. */
  readonly lostCycles: number
}

export const noCounts: BranchCounts = {
  instructions: 0,
  branches: 0,
  conditional: 0,
  mispredictions: 0,
  taken: 0,
  indirectTargetMisses: 0,
  returnTargetMisses: 0,
  redirects: 0,
  cycles: 0,
  lostCycles: 0,
}

/** The counts of a tally of a branch trace. */
export const countsOf = (aggregate: Aggregate, tally: Tally): BranchCounts => {
  const branch = (action: string): number => sumOf(aggregate, tally, [`branch.${action}`])
  return {
    instructions: branch("instructions"),
    branches: branch("branches"),
    conditional: branch("conditional"),
    mispredictions: branch("mispredictions"),
    taken: branch("taken"),
    indirectTargetMisses: branch("indirect-target-misses"),
    returnTargetMisses: branch("return-target-misses"),
    redirects: branch("redirects"),
    cycles: tally.cycles,
    lostCycles: sumOf(aggregate, tally, ["time.core.stall.mispredicted"]),
  }
}

export const added = (a: BranchCounts, b: BranchCounts): BranchCounts => ({
  instructions: a.instructions + b.instructions,
  branches: a.branches + b.branches,
  conditional: a.conditional + b.conditional,
  mispredictions: a.mispredictions + b.mispredictions,
  taken: a.taken + b.taken,
  indirectTargetMisses: a.indirectTargetMisses + b.indirectTargetMisses,
  returnTargetMisses: a.returnTargetMisses + b.returnTargetMisses,
  redirects: a.redirects + b.redirects,
  cycles: a.cycles + b.cycles,
  lostCycles: a.lostCycles + b.lostCycles,
})

/** part ÷ whole, and nothing of nothing. */
const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

/** Mispredictions per thousand instructions. */
export const mpkiOf = (counts: BranchCounts): number =>
  share(1000 * counts.mispredictions, instructionsOfMpki(counts))

export const instructionsOfMpki = ({ instructions, declaredInstructions }: BranchCounts): number =>
  declaredInstructions ?? instructions

/** Share of the conditional branches whose direction was predicted, 0 to 1; 1 where there is none. */
export const accuracyOf = ({ mispredictions, conditional }: BranchCounts): number =>
  1 - share(mispredictions, conditional)

/** Instructions per cycle. */
export const ipcOf = ({ instructions, cycles }: BranchCounts): number => share(instructions, cycles)

/** Share of the cycles that the core waits after mispredictions, 0 to 1. */
export const lostShareOf = ({ lostCycles, cycles }: BranchCounts): number => share(lostCycles, cycles)

/** Mean cycles that a misprediction costs. */
export const penaltyOf = ({ lostCycles, mispredictions }: BranchCounts): number =>
  share(lostCycles, mispredictions)

/** Time with mispredictions ÷ time without any, all else the same; at least 1. */
export const perfectSpeedupOf = ({ cycles, lostCycles }: BranchCounts): number =>
  cycles === lostCycles ? 1 : cycles / (cycles - lostCycles)
