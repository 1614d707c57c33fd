/** Where the time goes: the stages of one run, or of two on one axis. */
import {
  cyclesText,
  percentText,
  permilleText,
  tickText,
  timesText,
  wholeNumber,
} from "../../viz/number-format.ts"
import { stackedBars } from "../../viz/stacked-bars.ts"
import type { StageShare } from "../stage-shares.ts"
import type { Cell } from "./data-table.ts"
import { numberCell } from "./data-table.ts"
import { displayName } from "./display-name.ts"
import { type Figure, figureMarkup } from "./figure.ts"
import { marksOfStages } from "./marks.ts"
import { section } from "./page.ts"
import type { TipBook } from "./tip-book.ts"

export interface StagedRun {
  readonly label: string
  readonly cycles: number
  readonly stages: readonly StageShare[]
}

/** `runs` holds one run, or the two of a comparison in order. */
export const timeSection = (runs: readonly StagedRun[], tips: TipBook): string => {
  const last = runs[runs.length - 1]
  const dominant = last.stages.toSorted((x, y) => y.permille - x.permille)[0]
  const claim =
    dominant === undefined
      ? "The run takes no time"
      : `${displayName(dominant.stage)}${staysDense(last.stages, dominant) ? ", still dense," : ""} takes ${permilleText(dominant.permille)} of the ${runs.length > 1 ? `${displayName(last.label)} ` : ""}time`
  const lede =
    runs.length > 1
      ? "Both runs on one axis: what is missing on the right of the lower bar is the time saved."
      : "The run split by training stage; what takes longest is where a change pays."
  return section("time", claim, lede, figureMarkup(timeFigure(runs, tips)))
}

/** Dense while other stages skip operations: what Amdahl's law then makes dominant. */
const staysDense = (stages: readonly StageShare[], one: StageShare): boolean =>
  one.operations === "dense" && stages.some(({ operations }) => operations === "sparse")

const timeFigure = (runs: readonly StagedRun[], tips: TipBook): Figure => {
  const names = [...new Set(runs.flatMap((run) => run.stages.map(({ stage }) => stage)))]
  const marks = marksOfStages(names)
  return {
    id: "time-by-stage",
    title: "Time by stage",
    caption:
      "One bar a run, its length is time in cycles. FF, BP and WU are the forward, input-gradient and weight-gradient GEMMs; prune makes the N:M masks, update applies the gradients, vector is all work that is no GEMM.",
    draw: (frame) =>
      stackedBars(frame, {
        barHeight: 48,
        series: names.map((name) => ({ name: displayName(name), mark: marks.get(name) ?? "c6" })),
        axisTitle: "cycles",
        formatTick: (value) => tickText(value),
        bars: runs.map((run) => ({
          name: displayName(run.label),
          total: cyclesText(run.cycles),
          parts: run.stages.map((stage) => ({
            series: displayName(stage.stage),
            value: stage.cycles,
            text: `${displayName(stage.stage)} ${permilleText(stage.permille)}`,
            tip: tips.add({
              title: `${displayName(stage.stage)} · ${displayName(run.label)}`,
              lines: [
                ["Cycles", `${wholeNumber(stage.cycles)} of ${wholeNumber(run.cycles)}`],
                ["Share", permilleText(stage.permille)],
                ["Operations", stage.operations],
              ],
              sources: [],
            }),
          })),
        })),
      }),
    table: {
      id: "time-by-stage-table",
      caption: "Time by stage",
      columns: [
        { name: "Stage", numeric: false },
        ...runs.flatMap(({ label }) => [
          { name: `${displayName(label)}, cycles`, numeric: true },
          { name: `${displayName(label)}, share`, numeric: true },
        ]),
        ...(runs.length > 1 ? [{ name: "Cycles saved", numeric: true }] : []),
      ],
      rows: names.map((name) => ({ cells: stageCells(name, runs) })),
    },
  }
}

const stageCells = (name: string, runs: readonly StagedRun[]): readonly Cell[] => {
  const found = runs.map((run) => ({ run, stage: run.stages.find(({ stage }) => stage === name) }))
  const cells: Cell[] = [{ text: displayName(name) }]
  for (const { run, stage } of found) {
    cells.push(numberCell(stage?.cycles, wholeNumber))
    cells.push(
      numberCell(
        stage === undefined || run.cycles === 0 ? undefined : stage.cycles / run.cycles,
        percentText,
      ),
    )
  }
  const [before, after] = found
  if (after !== undefined) {
    const saved = (before.stage?.cycles ?? 0) - (after.stage?.cycles ?? 0)
    const ratio =
      before.stage === undefined || after.stage === undefined
        ? ""
        : ` (${timesText(before.stage.cycles / after.stage.cycles)})`
    cells.push(numberCell(saved, (value) => `${wholeNumber(value)}${ratio}`))
  }
  return cells
}
