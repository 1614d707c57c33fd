/** What each feature of a machine buys: the run again with that feature off. */
import { percentText, timesText, wholeNumber } from "../../viz/number-format.ts"
import { speedupBars } from "../../viz/speedup-bars.ts"
import { numberCell } from "./data-table.ts"
import { displayName } from "./display-name.ts"
import { figureMarkup } from "./figure.ts"
import { section } from "./page.ts"
import type { TipBook } from "./tip-book.ts"

export interface Ablations {
  /** Cycles of the run itself. */
  readonly cycles: number
  /** Every feature switched off alone: what the run then takes, in cycles, over the run. */
  readonly each: readonly { readonly feature: string; readonly cycles: number; readonly buys: number }[]
  /** All of them switched off. */
  readonly all: number
}

export const ablationSection = (found: Ablations | undefined, tips: TipBook): string => {
  if (found === undefined || found.each.length === 0) return ""
  const { cycles, each, all } = found
  const sorted = each.toSorted((a, b) => b.buys - a.buys)
  const rows = [
    ...sorted.map(({ feature, cycles: slower, buys }) => ({
      name: displayName(feature),
      cycles: slower,
      buys,
    })),
    { name: "all of them", cycles: Math.round(all * cycles), buys: all },
  ]
  return section(
    "ablations",
    `${rows[0].name} buys most: ${timesText(rows[0].buys)}`,
    `The run again with one feature of the machine off; without all of them it takes ${timesText(all)} as long.`,
    figureMarkup({
      id: "ablations",
      title: "What each feature buys",
      caption:
        "Time without the feature over the run's time. Features overlap, so their factors need not multiply to that of all.",
      draw: (frame) =>
        speedupBars(frame, {
          rows: rows.map((row) => ({
            name: row.name,
            ratio: row.buys,
            note: `${percentText(row.buys - 1)} longer without`,
            tip: tips.add({
              title: row.name,
              lines: [
                ["Without", `${wholeNumber(row.cycles)} cycles`],
                ["The run", `${wholeNumber(cycles)} cycles`],
                ["Buys", timesText(row.buys)],
              ],
              sources: [],
            }),
          })),
          axisTitle: "time without it ÷ time of the run",
        }),
      table: {
        id: "ablations-table",
        caption: "What each feature buys",
        columns: [
          { name: "Without", numeric: false },
          { name: "Cycles", numeric: true },
          { name: "It buys", numeric: true },
        ],
        rows: rows.map((row) => ({
          cells: [{ text: row.name }, numberCell(row.cycles, wholeNumber), numberCell(row.buys, timesText)],
        })),
      },
    }),
  )
}
