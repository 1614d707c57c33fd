/** The windows of a branch trace, in the order of the program. */
import type { Aggregate } from "../aggregate.ts"
import { added, type BranchCounts, countsOf, noCounts } from "./branch-counts.ts"

export type BranchPhase = "warm-up" | "measured"

export interface BranchWindow {
  readonly phase: BranchPhase
  /** Instructions of the program before this window. */
  readonly from: number
  readonly counts: BranchCounts
}

const isPhase = (pass: string): pass is BranchPhase => pass === "warm-up" || pass === "measured"

export const branchWindows = (aggregate: Aggregate): readonly BranchWindow[] => {
  const windows: BranchWindow[] = []
  let from = 0
  for (const item of aggregate.items) {
    if (!isPhase(item.pass) || item.stage === "") continue
    const counts = countsOf(aggregate, item)
    windows.push({ phase: item.pass, from, counts })
    from += counts.instructions
  }
  return windows
}

/** Sum of the windows of a phase. */
export const phaseCounts = (windows: readonly BranchWindow[], phase: BranchPhase): BranchCounts =>
  windows.filter((window) => window.phase === phase).reduce((sum, { counts }) => added(sum, counts), noCounts)

/** At most `most` windows a phase, neighbours merged, so that a chart of them stays readable and small. */
export const mergedWindows = (windows: readonly BranchWindow[], most: number): readonly BranchWindow[] =>
  (["warm-up", "measured"] as const).flatMap((phase) => {
    const ofPhase = windows.filter((window) => window.phase === phase)
    const each = Math.max(1, Math.ceil(ofPhase.length / most))
    return Array.from({ length: Math.ceil(ofPhase.length / each) }, (_, i) => {
      const group = ofPhase.slice(i * each, (i + 1) * each)
      return { phase, from: group[0].from, counts: group.map((w) => w.counts).reduce(added, noCounts) }
    })
  })

/** The part of a branch trace that is measured: its items and their cycles, without the warm-up. */
export const measuredPart = (aggregate: Aggregate): Aggregate => {
  const items = aggregate.items.filter(({ pass }) => pass === "measured")
  return { ...aggregate, items, cycles: items.reduce((sum, { cycles }) => sum + cycles, 0) }
}
