/** Measured values (filled) and predicted ones (hollow), joined, one row each, on a logarithmic axis of factors. */
import { scaleLog } from "d3"
import { legend } from "./legend.ts"
import { timesText } from "./number-format.ts"
import { chart, type ChartFrame, element, emptyChart, isNarrow, label, type Stroke, strokes } from "./svg.ts"
import { shorten, textWidth } from "./text-width.ts"

export interface MeasuredChartData {
  readonly rows: readonly {
    readonly name: string
    readonly measured: number
    readonly predicted: number
    /** Class of the colour, of those in `series`. */
    readonly mark: string
    readonly tip?: string
  }[]
  /** What the colours stand for. */
  readonly series: readonly { readonly name: string; readonly mark: string }[]
  readonly axisTitle: string
}

const fontSize = 13
const pitch = 24
const factors = [0.1, 0.2, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30]

export const measuredChart = (frame: ChartFrame, data: MeasuredChartData): string => {
  const rows = data.rows.filter(({ measured, predicted }) => measured > 0 && predicted > 0)
  if (rows.length === 0) return emptyChart(frame, "Nothing was measured.")
  const narrow = isNarrow(frame)
  const nameWidth = narrow
    ? 0
    : Math.min(
        frame.width * 0.34,
        16 + Math.max(...rows.map(({ name }) => textWidth(name.slice(0, 60), fontSize))),
      )
  const nameRow = narrow ? 18 : 0
  const values = [1, ...rows.flatMap(({ measured, predicted }) => [measured, predicted])]
  const x = scaleLog(
    [Math.min(...values) / 1.08, Math.max(...values) * 1.08],
    [nameWidth + 8, frame.width - 58],
  )
  const key = legend(data.series, frame.width, 0)
  const top = key.height + 10
  const bottom = top + rows.length * (pitch + nameRow)
  const ticks: number[] = []
  for (const factor of factors) {
    const last = ticks.at(-1)
    if (factor < x.domain()[0] || factor > x.domain()[1]) continue
    if (last === undefined || x(factor) - x(last) > 40) ticks.push(factor)
  }
  const drawn = rows.map(({ name, measured, predicted, mark, tip }, index) => {
    const y = top + index * (pitch + nameRow) + nameRow + pitch / 2
    const right = Math.max(x(measured), x(predicted))
    return element(
      "g",
      { "data-tip": tip },
      label(shorten(name, narrow ? frame.width : nameWidth - 12, fontSize), {
        class: "name",
        x: narrow ? 0 : nameWidth - 12,
        y: narrow ? y - 14 : y + 4.5,
        "text-anchor": narrow ? "start" : "end",
      }),
      element("line", { class: `line ${mark}`, x1: x(measured), x2: x(predicted), y1: y, y2: y }),
      element("circle", { class: mark, cx: x(measured), cy: y, r: 5 }),
      element("circle", { class: `dot line ${mark}`, cx: x(predicted), cy: y, r: 5 }),
      label(timesText(measured), { class: "value", x: right + 12, y: y + 4.5 }),
    )
  })
  return chart(
    frame,
    bottom + 44,
    key.markup,
    strokes(
      "grid",
      ticks.map((tick): Stroke => [x(tick), top, x(tick), bottom]),
    ),
    strokes("axis", [[x(1), top, x(1), bottom]]),
    ...ticks.map((tick) =>
      label(`${tick}×`, { class: "tick", x: x(tick), y: bottom + 16, "text-anchor": "middle" }),
    ),
    ...drawn,
    label(shorten(data.axisTitle, frame.width, fontSize), {
      class: "axis-title",
      x: frame.width,
      y: bottom + 38,
      "text-anchor": "end",
    }),
  )
}
