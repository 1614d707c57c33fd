/** Bars that diverge around 1×: faster to the right, slower to the left, on a logarithmic axis. */
import { scaleLog } from "d3"
import { timesText } from "./number-format.ts"
import { chart, type ChartFrame, element, emptyChart, isNarrow, label } from "./svg.ts"
import { shorten, textWidth } from "./text-width.ts"

export interface SpeedupBarsData {
  readonly rows: readonly {
    readonly name: string
    /** Above 1 is faster. */
    readonly ratio: number
    /** A second, quieter text, e.g. the share of the time. */
    readonly note?: string
    readonly tip?: string
  }[]
  readonly axisTitle: string
  /** A reference factor drawn as a dashed line, e.g. the ratio of the operations. */
  readonly reference?: { readonly ratio: number; readonly name: string }
}

const fontSize = 13
const barHeight = 18
const pitch = 28

/** Factors at which the axis may have a tick. */
const tickRatios = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 1, 1.2, 1.5, 2, 3, 4, 6, 8, 10, 16, 32, 64, 100]

export const speedupBars = (frame: ChartFrame, data: SpeedupBarsData): string => {
  const rows = data.rows.filter(({ ratio }) => Number.isFinite(ratio) && ratio > 0)
  if (rows.length === 0) return emptyChart(frame, "The two runs share no work to compare.")
  const narrow = isNarrow(frame)
  const ratios = [
    ...rows.map(({ ratio }) => ratio),
    ...(data.reference === undefined ? [] : [data.reference.ratio]),
  ]
  const low = Math.min(0.98, ...ratios)
  const high = Math.max(1.5, ...ratios)
  const nameWidth = narrow
    ? 0
    : Math.min(
        frame.width * 0.3,
        16 + Math.max(...rows.map((row) => textWidth(row.name.slice(0, 60), fontSize))),
      )
  const noteOf = (note: string | undefined): string =>
    shorten(note ?? "", frame.width * (narrow ? 0.5 : 0.25), fontSize)
  const noteWidth = narrow ? 0 : 16 + Math.max(...rows.map(({ note }) => textWidth(noteOf(note), fontSize)))
  const nameRow = narrow ? 19 : 0
  const top = data.reference === undefined ? 6 : 26
  const bottom = top + rows.length * (pitch + nameRow)
  // Room for the value text on both ends of the longest bars.
  const slow = low < 0.98 ? 56 : 8
  const x = scaleLog()
    .domain([low, high])
    .range([nameWidth + slow, frame.width - noteWidth - 58])
  const ticks: number[] = []
  for (const ratio of tickRatios) {
    const last = ticks.at(-1)
    if (ratio >= low * 0.999 && ratio <= high * 1.001 && (last === undefined || x(ratio) - x(last) > 44))
      ticks.push(ratio)
  }
  const axis = ticks.map(
    (ratio) =>
      element("line", {
        class: ratio === 1 ? "axis" : "grid",
        x1: x(ratio),
        x2: x(ratio),
        y1: top,
        y2: bottom,
      }) + label(`${ratio}×`, { class: "tick", x: x(ratio), y: bottom + 16, "text-anchor": "middle" }),
  )
  const drawReference = ({ ratio, name }: { readonly ratio: number; readonly name: string }): string => {
    const text = shorten(name, frame.width * 0.5, fontSize)
    const half = textWidth(text, fontSize) / 2
    return (
      element("line", { class: "reference", x1: x(ratio), x2: x(ratio), y1: top - 6, y2: bottom }) +
      label(text, {
        class: "muted",
        x: Math.max(half, Math.min(x(ratio), frame.width - half)),
        y: top - 12,
        "text-anchor": "middle",
      })
    )
  }
  const bars = rows.map(({ name, ratio, note, tip }, index) => {
    const y = top + index * (pitch + nameRow) + nameRow + (pitch - barHeight) / 2
    const left = Math.min(x(1), x(ratio))
    const width = Math.max(1.5, Math.abs(x(ratio) - x(1)))
    const slower = ratio < 1
    return element(
      "g",
      { "data-tip": tip },
      label(shorten(name, narrow ? frame.width * 0.7 : nameWidth - 12, fontSize), {
        class: "name",
        x: narrow ? 0 : nameWidth - 12,
        y: narrow ? y - 5 : y + barHeight / 2 + 4.5,
        "text-anchor": narrow ? "start" : "end",
      }),
      element("rect", { class: slower ? "c3" : "c1", x: left, y, width, height: barHeight, rx: 2 }),
      label(timesText(ratio), {
        class: "value",
        x: slower ? left - 6 : left + width + 6,
        y: y + barHeight / 2 + 4.5,
        "text-anchor": slower ? "end" : "start",
      }),
      label(noteOf(note), {
        class: "muted",
        x: frame.width,
        y: narrow ? y - 5 : y + barHeight / 2 + 4.5,
        "text-anchor": "end",
      }),
    )
  })
  const reference = data.reference === undefined ? "" : drawReference(data.reference)
  return chart(
    frame,
    bottom + 44,
    ...axis,
    reference,
    ...bars,
    label(shorten(data.axisTitle, frame.width, fontSize), {
      class: "axis-title",
      x: frame.width,
      y: bottom + 38,
      "text-anchor": "end",
    }),
  )
}
