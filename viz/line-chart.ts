/** Lines over a common axis, e.g. mispredictions over the instructions of a program; hovering finds the nearest point. */
import { scaleLinear } from "d3"
import { legend } from "./legend.ts"
import { aboveAxis, belowAxis, plotAxes } from "./plot-axes.ts"
import { chart, type ChartFrame, element, emptyChart, isNarrow, label } from "./svg.ts"
import { shorten, textWidth } from "./text-width.ts"

export interface LineSeries {
  readonly name: string
  /** Class of the colour; a second class may dash the line. */
  readonly mark: string
  /** By rising x. */
  readonly points: readonly (readonly [x: number, y: number])[]
}

export interface LineChartData {
  readonly series: readonly LineSeries[]
  /** Stretches of the x axis that tile it, each with the tooltip of what lies there. */
  readonly stretches: readonly { readonly from: number; readonly to: number; readonly tip?: string }[]
  /** A stretch that is shaded and named, e.g. the warm-up. */
  readonly shaded?: { readonly from: number; readonly to: number; readonly name: string }
  /** A level that is drawn across, e.g. the mean. */
  readonly level?: { readonly value: number; readonly name: string }
  /** Top of the y axis where it is not the highest point; what lies above is cut off there. */
  readonly top?: number
  readonly xTitle: string
  readonly yTitle: string
  readonly formatX: (value: number) => string
  readonly formatY: (value: number) => string
}

const fontSize = 12

export const lineChart = (frame: ChartFrame, data: LineChartData): string => {
  const points = data.series.flatMap((series) => series.points)
  if (points.length === 0) return emptyChart(frame, "The trace has no window to draw.")
  const narrow = isNarrow(frame)
  const xs = [...points.map(([x]) => x), ...data.stretches.flatMap(({ from, to }) => [from, to])]
  const key =
    data.series.length > 1
      ? legend(
          data.series.map(({ name, mark }) => ({ name, mark, swatch: "line" })),
          frame.width,
          0,
        )
      : { markup: "", height: 0 }
  const left = narrow ? 40 : 52
  const box = {
    x: left,
    y: key.height + aboveAxis + (key.height > 0 ? 6 : 0),
    width: frame.width - left - 8,
    height: narrow ? 220 : 300,
  }
  const right = box.x + box.width
  const bottom = box.y + box.height
  const [low, high] = [Math.min(...xs), Math.max(...xs)]
  const most = data.top ?? Math.max(data.level?.value ?? 0, ...points.map(([, y]) => y))
  const x = scaleLinear([low, high > low ? high : low + 1], [box.x, right])
  const y = scaleLinear([0, most > 0 ? most * 1.05 : 1], [bottom, box.y]).clamp(true)
  const at = (value: number): string => value.toFixed(1)
  const pathOf = (series: LineSeries): string =>
    series.points.map(([px, py], i) => `${i === 0 ? "M" : "L"}${at(x(px))} ${at(y(py))}`).join("")
  return chart(
    frame,
    bottom + belowAxis,
    key.markup,
    data.shaded === undefined ? "" : shade(data.shaded, x, box),
    plotAxes(
      box,
      { position: x, ticks: x.ticks(narrow ? 4 : 8), format: data.formatX, title: data.xTitle },
      { position: y, ticks: y.ticks(narrow ? 4 : 6), format: data.formatY, title: data.yTitle },
    ),
    ...data.series
      .filter((series) => series.points.length > 0)
      .map((series) => element("path", { class: `line ${series.mark}`, d: pathOf(series) })),
    // A single point makes no line.
    ...data.series
      .filter((series) => series.points.length === 1)
      .map(({ mark, points: [[px, py]] }) =>
        element("circle", { class: mark.split(" ")[0], cx: x(px), cy: y(py), r: 3 }),
      ),
    data.level === undefined ? "" : level(data.level, y, box),
    ...data.stretches.map(({ from, to, tip }) =>
      element("rect", {
        class: "hit",
        x: x(from),
        y: box.y,
        width: Math.max(0, x(to) - x(from)),
        height: box.height,
        "data-tip": tip,
      }),
    ),
  )
}

type Box = Readonly<Record<"x" | "y" | "width" | "height", number>>
type Scale = (value: number) => number

const shade = (shaded: NonNullable<LineChartData["shaded"]>, x: Scale, box: Box): string => {
  const [from, to] = [Math.max(box.x, x(shaded.from)), Math.min(box.x + box.width, x(shaded.to))]
  const width = Math.max(0, to - from)
  const fits = textWidth(shaded.name, fontSize) + 12 <= width
  return (
    element("rect", { class: "shade", x: from, y: box.y, width, height: box.height }) +
    (fits ? label(shaded.name, { class: "muted", x: from + 6, y: box.y + 15 }) : "")
  )
}

const level = ({ value, name }: NonNullable<LineChartData["level"]>, y: Scale, box: Box): string =>
  element("line", { class: "reference", x1: box.x, x2: box.x + box.width, y1: y(value), y2: y(value) }) +
  label(shorten(name, box.width * 0.6, fontSize), {
    class: "muted",
    x: box.x + box.width - 4,
    y: y(value) - 6 < box.y + 12 ? y(value) + 15 : y(value) - 6,
    "text-anchor": "end",
  })
