/** What a total becomes as one input at a time is at its least and its greatest: bars around the total, widest on top. */
import { scaleLinear } from "d3"
import { chart, type ChartFrame, element, emptyChart, isNarrow, label } from "./svg.ts"
import { shorten, textWidth } from "./text-width.ts"

export interface TornadoData {
  /** The result that bars stand around. */
  readonly total: number
  readonly rows: readonly {
    readonly name: string
    readonly low: number
    readonly high: number
    readonly lowText: string
    readonly highText: string
    readonly tip?: string
  }[]
  readonly axisTitle: string
  readonly format: (value: number) => string
}

const fontSize = 13
const barHeight = 20

export const tornadoChart = (frame: ChartFrame, { total, rows, axisTitle, format }: TornadoData): string => {
  if (rows.length === 0) return emptyChart(frame, "No input moves the result.")
  const narrow = isNarrow(frame)
  const nameWidth = narrow
    ? 0
    : Math.min(frame.width * 0.3, 16 + Math.max(...rows.map(({ name }) => textWidth(name, fontSize))))
  const nameRow = narrow ? 20 : 0
  const pitch = barHeight + 14 + nameRow
  const low = Math.min(total, ...rows.map((row) => row.low))
  const high = Math.max(total, ...rows.map((row) => row.high))
  const side =
    8 +
    Math.max(
      ...rows.flatMap(({ lowText, highText }) => [lowText, highText].map((t) => textWidth(t, fontSize))),
    )
  const x = scaleLinear([low, high > low ? high : low + 1], [nameWidth + side, frame.width - side])
  const top = 24
  const bottom = top + rows.length * pitch
  const bars = rows.map((row, i) => {
    const y = top + i * pitch + nameRow + 4
    const text = y + barHeight / 2 + 4.5
    return element(
      "g",
      { "data-tip": row.tip },
      label(shorten(row.name, narrow ? frame.width : nameWidth - 12, fontSize), {
        class: "name",
        x: narrow ? 0 : nameWidth - 12,
        y: narrow ? y - 6 : text,
        "text-anchor": narrow ? "start" : "end",
      }),
      element("rect", { class: "c1", x: x(row.low), y, width: x(total) - x(row.low), height: barHeight }),
      element("rect", { class: "c3", x: x(total), y, width: x(row.high) - x(total), height: barHeight }),
      row.low < total
        ? label(row.lowText, { class: "value", x: x(row.low) - 6, y: text, "text-anchor": "end" })
        : "",
      row.high > total ? label(row.highText, { class: "value", x: x(row.high) + 6, y: text }) : "",
    )
  })
  const here = x(total)
  return chart(
    frame,
    bottom + 30,
    ...bars,
    element("line", { class: "reference", x1: here, x2: here, y1: top - 6, y2: bottom }),
    label(format(total), {
      class: "muted",
      x: Math.min(Math.max(here, 30), frame.width - 30),
      y: top - 10,
      "text-anchor": "middle",
    }),
    label(shorten(axisTitle, frame.width, fontSize), {
      class: "axis-title",
      x: frame.width,
      y: bottom + 22,
      "text-anchor": "end",
    }),
  )
}
