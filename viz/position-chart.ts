/** Bars over positions of a history, one row a history: which outcomes of the past matter, and how far back they are. */
import { scaleLinear } from "d3"
import { aboveAxis, belowAxis, plotAxes } from "./plot-axes.ts"
import { chart, type ChartFrame, element, emptyChart, isNarrow, label } from "./svg.ts"
import { textWidth } from "./text-width.ts"

export interface PositionRow {
  readonly name: string
  /** Class of the colour. */
  readonly mark: string
  /** By rising position, from 1 on; values above 0. */
  readonly bars: readonly { readonly position: number; readonly value: number; readonly tip?: string }[]
}

export interface PositionChartData {
  readonly rows: readonly PositionRow[]
  /** Last position that there is. */
  readonly positions: number
  readonly xTitle: string
  readonly yTitle: string
  readonly formatY: (value: number) => string
}

const fontSize = 12
/** Bars that are named, the highest first. */
const named = 6

export const positionChart = (frame: ChartFrame, data: PositionChartData): string => {
  const rows = data.rows.filter(({ bars }) => bars.length > 0)
  if (rows.length === 0) return emptyChart(frame, "No position of the history has a weight.")
  const narrow = isNarrow(frame)
  const left = narrow ? 44 : 60
  const height = narrow ? 110 : 150
  const width = frame.width - left - 8
  const x = scaleLinear([1, Math.max(2, data.positions)], [left + 2, left + width - 2])
  const most = Math.max(...rows.flatMap(({ bars }) => bars.map(({ value }) => value)))
  const ticks = x.ticks(narrow ? 4 : 8).filter((tick) => tick >= 1)
  const pitch = height + belowAxis + aboveAxis + 18
  const drawn = rows.map((row, r) => {
    const box = { x: left, y: 20 + aboveAxis + r * pitch, width, height }
    const bottom = box.y + height
    const y = scaleLinear([0, most * 1.12], [bottom, box.y])
    const barWidth = narrow ? 2 : 3
    const places: number[] = []
    const names = row.bars
      .toSorted((a, b) => b.value - a.value || a.position - b.position)
      .slice(0, named)
      .flatMap(({ position, value }) => {
        const at = Math.min(x(position), left + width - 10)
        const room = textWidth(String(position), fontSize) + 8
        if (places.some((other) => Math.abs(other - at) < room)) return []
        places.push(at)
        return [
          label(String(position), { class: "dot-label", x: at, y: y(value) - 5, "text-anchor": "middle" }),
        ]
      })
    return [
      label(row.name, { class: "row-name", x: 0, y: box.y - aboveAxis - 4 }),
      plotAxes(
        box,
        { position: x, ticks, format: String, title: data.xTitle },
        { position: y, ticks: y.ticks(3), format: data.formatY, title: data.yTitle },
      ),
      ...row.bars.map(({ position, value, tip }) =>
        element("rect", {
          class: `${row.mark} bar`,
          x: x(position) - barWidth / 2,
          y: Math.min(y(value), bottom - 1),
          width: barWidth,
          height: Math.max(1, bottom - y(value)),
          "data-tip": tip,
        }),
      ),
      ...names,
    ].join("")
  })
  return chart(frame, 20 + rows.length * pitch - 10, ...drawn)
}
