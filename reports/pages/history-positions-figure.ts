/** Which outcomes of the past sparse models look at, by what they save. */
import { shortNumber, wholeNumber } from "../../viz/number-format.ts"
import { positionChart } from "../../viz/position-chart.ts"
import type { HistoryPositions } from "../branch/sparse-models.ts"
import { numberCell } from "./data-table.ts"
import { figureMarkup } from "./figure.ts"
import type { TipBook } from "./tip-book.ts"

/** Outcomes that a window holds. */
const window = 512

const histories = {
  global: { name: "Global history: outcomes of all conditional branches", mark: "c1", of: "of any branch" },
  local: { name: "Local history: outcomes of the branch itself", mark: "c3", of: "of the branch itself" },
} as const

export const historyPositionsFigure = (positions: readonly HistoryPositions[], tips: TipBook): string =>
  figureMarkup({
    id: "history-positions",
    title: "Misses saved by position of the history",
    caption:
      "How many outcomes ago the outcomes are that the models look at. What a model saves is shared among its terms by the size of their weights, a pair's halved between its two outcomes.",
    draw: (frame) =>
      positionChart(frame, {
        rows: positions.map(({ history, saved }) => ({
          name: histories[history].name,
          mark: histories[history].mark,
          bars: saved.map(({ ago, misses }) => ({
            position: ago,
            value: misses,
            tip: tips.add({
              title: `${wholeNumber(ago)} outcomes ago`,
              lines: [
                ["History", histories[history].of],
                ["Misses saved", shortNumber(misses)],
              ],
              sources: [],
            }),
          })),
        })),
        positions: window,
        xTitle: "outcomes ago",
        yTitle: "misses saved",
        formatY: shortNumber,
      }),
    table: {
      id: "history-positions-table",
      caption: "Misses saved by position of the history",
      columns: [
        { name: "History", numeric: false },
        { name: "Outcomes ago", numeric: true },
        { name: "Misses saved", numeric: true },
      ],
      rows: positions.flatMap(({ history, saved }) =>
        saved.map(({ ago, misses }) => ({
          cells: [{ text: history }, numberCell(ago, wholeNumber), numberCell(misses, shortNumber)],
        })),
      ),
    },
  })
