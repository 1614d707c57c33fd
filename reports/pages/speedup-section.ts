/** Speed-up of each layer, the longest first. */
import { percentText, timesText, wholeNumber } from "../../viz/number-format.ts"
import { speedupBars } from "../../viz/speedup-bars.ts"
import type { AlignedRow, Comparison } from "../compare.ts"
import { numberCell } from "./data-table.ts"
import { displayName, displayPath } from "./display-name.ts"
import { type Figure, figureMarkup } from "./figure.ts"
import { section } from "./page.ts"
import type { TipBook } from "./tip-book.ts"
import { alignedTrail } from "./trails.ts"

/** Layers beyond this many, shortest first, stay in the table alone. */
const mostBars = 20

export const speedupSection = (comparison: Comparison, tips: TipBook): string => {
  const rows = comparison.byLayer.filter(({ layer }) => layer !== "")
  if (rows.length === 0) return ""
  const ratios = rows.map(({ speedup }) => speedup).filter(Number.isFinite)
  const claim =
    ratios.length === 0
      ? "Speed-up by layer"
      : `Layers gain from ${timesText(Math.min(...ratios))} to ${timesText(Math.max(...ratios))}`
  return section(
    "speedup",
    claim,
    "All stages of a layer together. A layer gains little where few of its operations are pruned or where something else than operations takes its time.",
    figureMarkup(speedupFigure(comparison, rows, tips)),
  )
}

const speedupFigure = (comparison: Comparison, rows: readonly AlignedRow[], tips: TipBook): Figure => {
  const { a, b, operationRatio } = comparison
  const longest = rows.toSorted((x, y) => y.a.seconds - x.a.seconds).slice(0, mostBars)
  const leftOut = rows.length - longest.length
  return {
    id: "speedup-by-layer",
    title: `Speed-up by layer, ${displayName(b.label)} over ${displayName(a.label)}`,
    caption: `Bars start at 1× (no change) on a logarithmic axis: right is faster, left slower. Longest layers of ${displayName(a.label)} first, with their share of its time.${leftOut > 0 ? ` The ${leftOut} shortest are in the table.` : ""}`,
    draw: (frame) =>
      speedupBars(frame, {
        axisTitle: `time of ${displayName(a.label)} ÷ time of ${displayName(b.label)}`,
        rows: longest.map((row) => ({
          name: displayName(row.layer),
          ratio: row.speedup,
          note: `${percentText(row.a.seconds / a.seconds)} of the time`,
          tip: tips.add(alignedTrail(row, a, b)),
        })),
        ...(operationRatio === undefined || operationRatio <= 1
          ? {}
          : { reference: { ratio: operationRatio, name: `operations: ${timesText(operationRatio)}` } }),
      }),
    table: {
      id: "speedup-by-layer-table",
      caption: "Speed-up by layer",
      columns: [
        { name: "Layer", numeric: false },
        { name: `${displayName(a.label)}, cycles`, numeric: true },
        { name: `${displayName(b.label)}, cycles`, numeric: true },
        { name: "Speed-up", numeric: true },
        { name: `Share of ${displayName(a.label)}`, numeric: true },
      ],
      rows: rows.map((row) => ({
        tip: tips.add(alignedTrail(row, a, b)),
        cells: [
          { text: displayPath(row.layer) },
          numberCell(row.a.cycles, wholeNumber),
          numberCell(row.b.cycles, wholeNumber),
          numberCell(row.speedup, timesText),
          numberCell(row.a.seconds / a.seconds, percentText),
        ],
      })),
    },
  }
}
