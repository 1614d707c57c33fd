/** How the figures of a predictor came about. The text of the tooltips. */
import { percentText, shortNumber, wholeNumber, withUnit } from "../../viz/number-format.ts"
import {
  accuracyOf,
  type BranchCounts,
  instructionsOfMpki,
  ipcOf,
  lostShareOf,
  mpkiOf,
  penaltyOf,
  perfectSpeedupOf,
} from "../branch/branch-counts.ts"
import type { BranchWindow } from "../branch/branch-windows.ts"
import {
  attainableIpc,
  type InstructionPoint,
  type InstructionRoofline,
} from "../branch/instruction-roofline.ts"
import { hardToPredict, type StaticBranch } from "../branch/static-branches.ts"
import { displayName } from "./display-name.ts"
import type { Tip } from "./tip-book.ts"

type Line = readonly [string, string]

const intervalAnalysis =
  "interval analysis: Karkhanis and Smith, ISCA 2004; Eyerman, Smith and Eeckhout, ISPASS 2006"
const hardSource = "hard to predict: Lin and Tarsa, IISWC 2019"

export const mpkiLine = (counts: BranchCounts): Line => [
  "MPKI",
  `1,000 × ${wholeNumber(counts.mispredictions)} mispredictions ÷ ${wholeNumber(instructionsOfMpki(counts))} instructions${counts.declaredInstructions === undefined ? "" : " of the trace’s header"} = ${shortNumber(mpkiOf(counts))}`,
]

export const accuracyLine = (counts: BranchCounts): Line => [
  "Accuracy",
  `1 − ${wholeNumber(counts.mispredictions)} ÷ ${wholeNumber(counts.conditional)} conditional branches = ${percentText(accuracyOf(counts))}`,
]

export const ipcLine = (counts: BranchCounts): Line => [
  "IPC",
  `${wholeNumber(counts.instructions)} instructions ÷ ${wholeNumber(counts.cycles)} cycles = ${shortNumber(ipcOf(counts))}`,
]

export const lostLine = (counts: BranchCounts): Line => [
  "Lost",
  `${wholeNumber(counts.lostCycles)} ÷ ${wholeNumber(counts.cycles)} cycles = ${percentText(lostShareOf(counts))}`,
]

/** All figures of a stretch of the program. */
export const countsTrail = (title: string, counts: BranchCounts): Tip => ({
  title,
  lines: [
    mpkiLine(counts),
    accuracyLine(counts),
    ipcLine(counts),
    lostLine(counts),
    [
      "Penalty",
      `${wholeNumber(counts.lostCycles)} cycles ÷ ${wholeNumber(counts.mispredictions)} mispredictions = ${shortNumber(penaltyOf(counts))} cycles`,
    ],
    [
      "Without mispredictions",
      `${wholeNumber(counts.cycles)} ÷ ${wholeNumber(counts.cycles - counts.lostCycles)} cycles = ${shortNumber(perfectSpeedupOf(counts))}×`,
    ],
    [
      "Targets",
      `${wholeNumber(counts.indirectTargetMisses)} indirect and ${wholeNumber(counts.returnTargetMisses)} return misses, ${wholeNumber(counts.redirects)} redirects at decode`,
    ],
  ],
  sources: [intervalAnalysis],
})

export const stretchName = ({ from, counts }: BranchWindow): string =>
  `Instructions ${wholeNumber(from)} to ${wholeNumber(from + counts.instructions)}`

/** A window of the program, in few lines, since a page has hundreds. */
export const windowTrail = (window: BranchWindow): Tip => ({
  title: `${stretchName(window)}${window.phase === "warm-up" ? ", warm-up" : ""}`,
  lines: [mpkiLine(window.counts), ipcLine(window.counts), lostLine(window.counts)],
  sources: [],
})

export const pointTrailOf = (title: string, point: InstructionPoint, roofline: InstructionRoofline): Tip => {
  const attainable = attainableIpc(roofline.width, roofline.penalty, point.distance)
  return {
    title,
    lines: [
      ["Distance", `${shortNumber(point.distance)} instructions per misprediction`],
      ipcLine(point.counts),
      [
        "Roof",
        `1 ÷ (1 ÷ ${shortNumber(roofline.width)} + ${shortNumber(roofline.penalty)} ÷ ${shortNumber(point.distance)}) = ${shortNumber(attainable)}`,
      ],
      ["Of the roof", percentText(point.ipc / attainable)],
      ["Share of time", percentText(point.timeShare)],
    ],
    sources: [`${roofline.widthSource} (${roofline.widthStatus})`, intervalAnalysis],
  }
}

/** Whether a branch is hard to predict, test by test. */
export const hardTrail = (branch: StaticBranch, instructions: number): Tip => {
  const scale = instructions === 0 ? 0 : hardToPredict.perInstructions / instructions
  const scaled = (count: number, least: number): string =>
    `${wholeNumber(count)} of ${withUnit(instructions, "")}, ${wholeNumber(count * scale)} of 30 M instructions; the criterion asks for ${wholeNumber(least)}`
  return {
    title: `Branch at ${displayName(branch.address)}`,
    lines: [
      ["Executions", scaled(branch.executions, hardToPredict.leastExecutions)],
      ["Misses", scaled(branch.misses, hardToPredict.leastMisses)],
      [
        "Accuracy",
        `1 − ${wholeNumber(branch.misses)} ÷ ${wholeNumber(branch.executions)} = ${percentText(branch.accuracy)}; the criterion asks for less than 99 %`,
      ],
      ["Hard to predict", branch.isHard ? "yes, all three hold" : "no"],
    ],
    sources: [hardSource],
  }
}
