/** Horizontal bars of stacked parts on one linear axis: time by stage, of two runs or of many layers. */
import { scaleLinear } from "d3"
import { legend } from "./legend.ts"
import { onFill } from "./on-fill.ts"
import { chart, type ChartFrame, element, emptyChart, isNarrow, label } from "./svg.ts"
import { boldWidth, shorten, textWidth } from "./text-width.ts"

export interface StackedPart {
  /** Name of the series that the part belongs to. */
  readonly series: string
  readonly value: number
  /** Text inside the part, shown where it fits. */
  readonly text?: string
  /** Key of the tooltip. */
  readonly tip?: string
}

export interface StackedBar {
  readonly name: string
  readonly parts: readonly StackedPart[]
  /** Text behind the bar, usually the total. */
  readonly total?: string
}

export interface StackedBarsData {
  readonly bars: readonly StackedBar[]
  /** Series in stacking order, each with the class that colours it. */
  readonly series: readonly { readonly name: string; readonly mark: string }[]
  readonly axisTitle: string
  readonly formatTick: (value: number) => string
  /** Pixels of one bar; tall bars carry text. */
  readonly barHeight?: number
}

const fontSize = 13

export const stackedBars = (frame: ChartFrame, data: StackedBarsData): string => {
  const totals = data.bars.map((bar) => bar.parts.reduce((sum, part) => sum + part.value, 0))
  const most = Math.max(0, ...totals)
  if (most === 0) return emptyChart(frame, "Nothing to draw: all parts are zero.")
  const barHeight = data.barHeight ?? 22
  const gap = barHeight > 30 ? 20 : 8
  const narrow = isNarrow(frame)
  const nameWidth = narrow
    ? 0
    : Math.min(
        frame.width * 0.3,
        16 + Math.max(...data.bars.map((bar) => textWidth(bar.name.slice(0, 60), fontSize))),
      )
  const totalOf = (bar: StackedBar): string => shorten(bar.total ?? "", frame.width * 0.3, fontSize)
  const totalWidth = 12 + Math.max(...data.bars.map((bar) => boldWidth(totalOf(bar), fontSize)))
  const nameRow = narrow ? 19 : 0
  const used = data.series.filter(({ name }) =>
    data.bars.some((bar) => bar.parts.some((p) => p.series === name)),
  )
  const key = legend(used, frame.width, 0)
  const top = key.height + 8
  const bottom = top + data.bars.length * (barHeight + gap + nameRow)
  const x = scaleLinear()
    .domain([0, most])
    .range([nameWidth, frame.width - totalWidth])
  const marks = new Map(data.series.map(({ name, mark }) => [name, mark]))

  const axis = x.ticks(narrow ? 3 : 6).map((tick) =>
    element(
      "g",
      {},
      element("line", { class: "grid", x1: x(tick), x2: x(tick), y1: top, y2: bottom }),
      label(data.formatTick(tick), {
        class: "tick",
        x: x(tick),
        y: bottom + 16,
        "text-anchor": tick === 0 ? "start" : "middle",
      }),
    ),
  )
  const bars = data.bars.map((bar, index) => {
    const y = top + index * (barHeight + gap + nameRow) + nameRow
    let sum = 0
    const parts = bar.parts
      .filter((part) => part.value > 0)
      .map((part) => {
        const left = x(sum)
        sum += part.value
        const width = x(sum) - left
        // What is said is longer than the name; what fits neither is left to legend and tooltip.
        const text = [part.text, part.series].find(
          (candidate) =>
            candidate !== undefined && barHeight >= 18 && boldWidth(candidate, fontSize) + 12 <= width,
        )
        return element(
          "g",
          { "data-tip": part.tip },
          element("rect", {
            class: `${marks.get(part.series) ?? "c6"} part`,
            x: left,
            y,
            width: Math.max(width, 0.5),
            height: barHeight,
          }),
          text === undefined
            ? ""
            : label(text, {
                class: onFill(marks.get(part.series) ?? "c6"),
                x: left + 8,
                y: y + barHeight / 2 + 4.5,
              }),
        )
      })
    return (
      label(shorten(bar.name, narrow ? frame.width : nameWidth - 12, fontSize), {
        class: "name",
        x: narrow ? 0 : nameWidth - 12,
        y: narrow ? y - 6 : y + barHeight / 2 + 4.5,
        "text-anchor": narrow ? "start" : "end",
      }) +
      parts.join("") +
      label(totalOf(bar), { class: "value", x: x(sum) + 8, y: y + barHeight / 2 + 4.5 })
    )
  })
  return chart(
    frame,
    bottom + 44,
    key.markup,
    ...axis,
    ...bars,
    label(shorten(data.axisTitle, frame.width - totalWidth, fontSize), {
      class: "axis-title",
      x: frame.width - totalWidth,
      y: bottom + 38,
      "text-anchor": "end",
    }),
  )
}
