/** Roofline of a core's instructions: what the dispatch width and the mean misprediction allow. */
import type { Status } from "../../arch/quantity.ts"
import type { Manifest } from "../../sim/trace/manifest.ts"
import { type BranchCounts, ipcOf, penaltyOf } from "./branch-counts.ts"
import type { BranchWindow } from "./branch-windows.ts"

export interface InstructionPoint {
  /** Instructions per misprediction; infinite where nothing was mispredicted. */
  readonly distance: number
  readonly ipc: number
  /** Of the cycles measured, 0 to 1. */
  readonly timeShare: number
  readonly counts: BranchCounts
}

export interface InstructionRoofline {
  /** Instructions dispatched per cycle at most. */
  readonly width: number
  readonly widthStatus: Status
  readonly widthSource: string
  /** Mean cycles lost a misprediction, over the measured phase. */
  readonly penalty: number
  /** Instructions per misprediction at which half of the width is left: width × penalty. */
  readonly ridge: number
  readonly total: InstructionPoint
  readonly windows: readonly InstructionPoint[]
}

/**
 * IPC = 1 ÷ (1 ÷ width + penalty ÷ distance): every instruction takes a slot of the dispatch, and every `distance`-th
 * ends in a misprediction that stops it for `penalty` cycles.
 *
 * Source: interval analysis, Karkhanis and Smith, ISCA 2004. Limits: with the mean penalty of a run, so that a window whose
 * mispredictions are cheaper than the mean may lie above the curve, and one with other stalls lies below.
 */
export const attainableIpc = (width: number, penalty: number, distance: number): number =>
  1 / (1 / width + penalty / distance)

const pointOf = (counts: BranchCounts, cycles: number): InstructionPoint => ({
  distance:
    counts.mispredictions === 0 ? Number.POSITIVE_INFINITY : counts.instructions / counts.mispredictions,
  ipc: ipcOf(counts),
  timeShare: cycles === 0 ? 0 : counts.cycles / cycles,
  counts,
})

/** Undefined where the machine states no dispatch width. Windows are those of the measured phase. */
export const instructionRoofline = (
  manifest: Manifest,
  total: BranchCounts,
  windows: readonly BranchWindow[],
): InstructionRoofline | undefined => {
  const roof = manifest.machine.roofs.find(({ id }) => id === "dispatch")
  if (roof === undefined) return undefined
  const number = manifest.machine.numbers.find(({ path }) => path === roof.source)
  const penalty = penaltyOf(total)
  return {
    width: roof.perCycle,
    widthStatus: roof.status,
    widthSource: number === undefined ? roof.source : `${number.path}: ${number.source}`,
    penalty,
    ridge: roof.perCycle * penalty,
    total: pointOf(total, total.cycles),
    windows: windows
      .filter(({ phase }) => phase === "measured")
      .map(({ counts }) => pointOf(counts, total.cycles)),
  }
}
