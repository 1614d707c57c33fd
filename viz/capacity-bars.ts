/** Sizes as bars on a logarithmic axis, against the capacities that might hold them. */
import { scaleLog } from "d3"
import { bytesText } from "./number-format.ts"
import { chart, type ChartFrame, element, emptyChart, isNarrow, label, type Stroke, strokes } from "./svg.ts"
import { shorten, textWidth } from "./text-width.ts"

export interface CapacityBarsData {
  readonly bars: readonly {
    readonly name: string
    /** Bytes. */
    readonly size: number
    /** Class of the colour. */
    readonly mark: string
    readonly tip?: string
  }[]
  /** Smallest first, bytes. */
  readonly capacities: readonly { readonly name: string; readonly bytes: number }[]
  readonly axisTitle: string
}

const fontSize = 13
const barHeight = 18
const pitch = 26

export const capacityBars = (
  frame: ChartFrame,
  { bars, capacities, axisTitle }: CapacityBarsData,
): string => {
  const drawn = bars.filter(({ size }) => size > 0)
  if (drawn.length === 0) return emptyChart(frame, "Nothing to draw: all sizes are zero.")
  const narrow = isNarrow(frame)
  const nameWidth = narrow
    ? 0
    : Math.min(
        frame.width * 0.3,
        16 + Math.max(...drawn.map(({ name }) => textWidth(name.slice(0, 60), fontSize))),
      )
  const nameRow = narrow ? 19 : 0
  const textSpace = 12 + Math.max(...drawn.map(({ size }) => textWidth(bytesText(size), fontSize) * 1.1))
  const sizes = [...drawn.map(({ size }) => size), ...capacities.map(({ bytes }) => bytes)]
  const x = scaleLog(
    [Math.min(...sizes) / 2, Math.max(...sizes) * 1.15],
    [nameWidth, frame.width - textSpace],
  )
  const top = 26
  const bottom = top + drawn.length * (pitch + nameRow)
  const named = capacities.map(({ name, bytes }) => {
    const text = shorten(`${name} ${bytesText(bytes)}`, frame.width * 0.45, fontSize)
    const half = textWidth(text, fontSize) / 2
    const at = Math.max(nameWidth + half, Math.min(x(bytes), frame.width - half))
    return label(text, { class: "muted", x: at, y: top - 12, "text-anchor": "middle" })
  })
  const shapes = drawn.map(({ name, size, mark, tip }, index) => {
    const y = top + index * (pitch + nameRow) + nameRow + (pitch - barHeight) / 2
    return element(
      "g",
      { "data-tip": tip },
      label(shorten(name, narrow ? frame.width : nameWidth - 12, fontSize), {
        class: "name",
        x: narrow ? 0 : nameWidth - 12,
        y: narrow ? y - 5 : y + barHeight / 2 + 4.5,
        "text-anchor": narrow ? "start" : "end",
      }),
      element("rect", { class: mark, x: nameWidth, y, width: x(size) - nameWidth, height: barHeight, rx: 2 }),
      label(bytesText(size), { class: "value", x: x(size) + 8, y: y + barHeight / 2 + 4.5 }),
    )
  })
  return chart(
    frame,
    bottom + 30,
    strokes(
      "reference",
      capacities.map(({ bytes }): Stroke => [x(bytes), top - 6, x(bytes), bottom]),
    ),
    ...shapes,
    ...named,
    label(shorten(axisTitle, frame.width, fontSize), {
      class: "axis-title",
      x: frame.width,
      y: bottom + 22,
      "text-anchor": "end",
    }),
  )
}
