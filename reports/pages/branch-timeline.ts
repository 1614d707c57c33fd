/** Mispredictions over the run of a program, of one predictor or of many. */
import { percentText, shortNumber, tickText, wholeNumber } from "../../viz/number-format.ts"
import { lineChart, type LineSeries } from "../../viz/line-chart.ts"
import { ipcOf, lostShareOf, mpkiOf } from "../branch/branch-counts.ts"
import { type BranchWindow, mergedWindows } from "../branch/branch-windows.ts"
import type { BranchReport } from "../branch/branch-report.ts"
import { stretchName, windowTrail } from "./branch-trails.ts"
import { type Cell, numberCell } from "./data-table.ts"
import { displayName } from "./display-name.ts"
import type { Figure } from "./figure.ts"
import { lineMark } from "./marks.ts"
import type { TipBook } from "./tip-book.ts"

/** More points than pixels help nobody. */
const mostWindows = 128
/** Fewer where many lines share a chart. */
const mostSharedWindows = 96

/** Where there is a warm-up, both phases share the points. */
const drawnWindows = (windows: readonly BranchWindow[]): readonly BranchWindow[] =>
  mergedWindows(windows, windows.some(({ phase }) => phase === "warm-up") ? mostWindows / 2 : mostWindows)

const end = ({ from, counts }: BranchWindow): number => from + counts.instructions
const middle = (window: BranchWindow): number => (window.from + end(window)) / 2

const seriesOf = (name: string, mark: string, windows: readonly BranchWindow[]): LineSeries => ({
  name,
  mark,
  points: windows.map((window) => [middle(window), mpkiOf(window.counts)]),
})

const axes = {
  xTitle: "instructions of the program",
  yTitle: "mispredictions per 1,000 instructions",
  formatX: (value: number): string => tickText(value),
  formatY: shortNumber,
} as const

const shadedOf = (warmUp: number): Partial<Parameters<typeof lineChart>[1]> =>
  warmUp === 0 ? {} : { shaded: { from: 0, to: warmUp, name: "warm-up" } }

const windowsNote = (windows: readonly BranchWindow[]): string =>
  `A point is a window of about ${tickText(Math.max(0, ...windows.map(({ counts }) => counts.instructions)))} instructions.`

/** Of the windows as they are drawn. */
export const timelineClaim = ({ windows, total }: BranchReport): string => {
  const rates = drawnWindows(windows)
    .filter(({ phase }) => phase === "measured")
    .map(({ counts }) => mpkiOf(counts))
  return rates.length === 0
    ? "Mispredictions over the run"
    : `Windows mispredict from ${shortNumber(Math.min(...rates))} to ${shortNumber(Math.max(...rates))} of 1,000 instructions, ${shortNumber(mpkiOf(total))} on average`
}

export const timelineFigure = (report: BranchReport, tips: TipBook): Figure => {
  const windows = drawnWindows(report.windows)
  const mpki = mpkiOf(report.total)
  return {
    id: "mpki-over-run",
    title: "Mispredictions over the run",
    caption: `${windowsNote(windows)}${report.warmUp.instructions > 0 ? " The shaded part only trains the predictor and is not in any total." : ""} The dashed line is the mean of what is measured.`,
    draw: (frame) =>
      lineChart(frame, {
        ...axes,
        ...shadedOf(report.warmUp.instructions),
        series: [seriesOf("MPKI", "c1", windows)],
        level: { value: mpki, name: `mean ${shortNumber(mpki)}` },
        stretches: windows.map((window) => ({
          from: window.from,
          to: end(window),
          tip: tips.add(windowTrail(window)),
        })),
      }),
    table: {
      id: "mpki-over-run-table",
      caption: "Mispredictions over the run",
      columns: [
        { name: "First instruction", numeric: true },
        { name: "Phase", numeric: false },
        { name: "Instructions", numeric: true },
        { name: "Mispredictions", numeric: true },
        { name: "MPKI", numeric: true },
        { name: "IPC", numeric: true },
        { name: "Time lost", numeric: true },
      ],
      rows: windows.map((window) => ({
        cells: [
          numberCell(window.from, wholeNumber),
          { text: window.phase },
          numberCell(window.counts.instructions, wholeNumber),
          numberCell(window.counts.mispredictions, wholeNumber),
          numberCell(mpkiOf(window.counts), shortNumber),
          numberCell(ipcOf(window.counts), shortNumber),
          numberCell(lostShareOf(window.counts), percentText),
        ],
      })),
    },
  }
}

export interface TimelineRun {
  readonly label: string
  readonly report: BranchReport
}

/** The window that holds an instruction; the last one after the end. */
const windowAt = (windows: readonly BranchWindow[], instruction: number): BranchWindow | undefined =>
  windows.find((window) => end(window) > instruction) ?? windows.at(-1)

/** Predictors with at most this multiple of the best MPKI set the scale, lest a hopeless one flattens the others. */
const inTheRace = 3

/** The highest window of the predictors that set the scale. */
const topOf = (runs: readonly TimelineRun[]): number => {
  const best = Math.min(...runs.map(({ report }) => mpkiOf(report.total)))
  const heights = runs
    .filter(({ report }) => mpkiOf(report.total) <= inTheRace * best)
    .flatMap(({ report }) => mergedWindows(report.windows, mostSharedWindows))
    .map(({ counts }) => mpkiOf(counts))
  return Math.max(0, ...heights)
}

export const sharedTimelineFigure = (runs: readonly TimelineRun[], tips: TipBook): Figure => {
  const lines = runs.map(({ label, report }) => ({
    name: displayName(label),
    windows: mergedWindows(report.windows, mostSharedWindows),
  }))
  const [first] = lines
  const cellsAt = (window: BranchWindow): readonly number[] =>
    lines.map(({ windows }) => {
      const found = windowAt(windows, middle(window))
      return found === undefined ? Number.NaN : mpkiOf(found.counts)
    })
  const warmUp = runs[0].report.warmUp.instructions
  const top = topOf(runs)
  const isCut = lines.some(({ windows }) => windows.some(({ counts }) => mpkiOf(counts) > top))
  return {
    id: "mpki-over-run",
    title: "Mispredictions over the run, by predictor",
    caption: `${windowsNote(first.windows)} Where all lines rise together the program is hard; where they part, one predictor knows something that another does not.${warmUp > 0 ? " The shaded part only trains." : ""}${isCut ? ` Lines of predictors with more than ${inTheRace} times the best MPKI are cut off at the top.` : ""}`,
    draw: (frame) =>
      lineChart(frame, {
        ...axes,
        top,
        ...shadedOf(warmUp),
        series: lines.map(({ name, windows }, i) => seriesOf(name, lineMark(i), windows)),
        stretches: first.windows.map((window) => ({
          from: window.from,
          to: end(window),
          tip: tips.add({
            title: `${stretchName(window)}, MPKI`,
            lines: cellsAt(window).map((mpki, i) => [lines[i].name, shortNumber(mpki)]),
            sources: [],
          }),
        })),
      }),
    table: {
      id: "mpki-over-run-table",
      caption: "MPKI over the run, by predictor",
      columns: [
        { name: "First instruction", numeric: true },
        { name: "Instructions", numeric: true },
        ...lines.map(({ name }) => ({ name, numeric: true })),
      ],
      rows: first.windows.map((window) => ({
        cells: [
          numberCell(window.from, wholeNumber),
          numberCell(window.counts.instructions, wholeNumber),
          ...cellsAt(window).map((mpki): Cell => numberCell(mpki, shortNumber)),
        ],
      })),
    },
  }
}
