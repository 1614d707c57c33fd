/** Energy by component, one group of bars each: one run, or several side by side. */
import { scaleLinear } from "d3"
import { legend } from "./legend.ts"
import { chart, type ChartFrame, element, emptyChart, isNarrow, label } from "./svg.ts"
import { boldWidth, shorten, textWidth } from "./text-width.ts"

export interface EnergyBarsData {
  readonly groups: readonly {
    readonly name: string
    /** One value per run, in the order of `runs`. */
    readonly values: readonly { readonly value: number; readonly text: string; readonly tip?: string }[]
  }[]
  readonly runs: readonly { readonly name: string; readonly mark: string }[]
}

const fontSize = 13

export const energyBars = (frame: ChartFrame, data: EnergyBarsData): string => {
  const values = data.groups.flatMap((group) => group.values)
  const most = Math.max(0, ...values.map(({ value }) => value))
  if (most === 0) return emptyChart(frame, "Nothing to draw: all values are zero.")
  const narrow = isNarrow(frame)
  const runs = data.runs.length
  const barHeight = runs > 1 ? 14 : 20
  const nameWidth = narrow
    ? 0
    : Math.min(
        frame.width * 0.3,
        16 + Math.max(...data.groups.map((group) => textWidth(group.name.slice(0, 60), fontSize))),
      )
  const nameRow = narrow ? 19 : 0
  const fitted = (text: string): string => shorten(text, frame.width * 0.3, fontSize)
  const textSpace = 14 + Math.max(...values.map(({ text }) => boldWidth(fitted(text), fontSize)))
  const pitch = nameRow + runs * (barHeight + 2) + 12
  const key = runs > 1 ? legend(data.runs, frame.width, 0) : { markup: "", height: 0 }
  const top = key.height + (runs > 1 ? 8 : 0)
  const x = scaleLinear()
    .domain([0, most])
    .range([nameWidth, frame.width - textSpace])
  const groups = data.groups.map((group, index) => {
    const y = top + index * pitch + nameRow
    const bars = group.values.map(({ value, text, tip }, run) => {
      const barTop = y + run * (barHeight + 2)
      const width = Math.max(x(value) - nameWidth, value > 0 ? 1 : 0)
      return element(
        "g",
        { "data-tip": tip },
        element("rect", {
          class: data.runs[run].mark,
          x: nameWidth,
          y: barTop,
          width,
          height: barHeight,
          rx: 2,
        }),
        label(fitted(text), { class: "value", x: nameWidth + width + 8, y: barTop + barHeight / 2 + 4.5 }),
      )
    })
    return (
      label(shorten(group.name, narrow ? frame.width : nameWidth - 12, fontSize), {
        class: "name",
        x: narrow ? 0 : nameWidth - 12,
        y: narrow ? y - 6 : y + (runs * (barHeight + 2)) / 2 + 3.5,
        "text-anchor": narrow ? "start" : "end",
      }) + bars.join("")
    )
  })
  return chart(frame, top + data.groups.length * pitch, key.markup, ...groups)
}
