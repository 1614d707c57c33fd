/** Instructions per cycle over instructions per misprediction, log–log, under what width and mispredictions allow. */
import { scaleLog } from "d3"
import { type Box, placeLabels } from "./label-placement.ts"
import { logTicks, spacedTicks } from "./log-ticks.ts"
import { shortNumber } from "./number-format.ts"
import { aboveAxis, belowAxis, plotAxes } from "./plot-axes.ts"
import { chart, type ChartFrame, element, emptyChart, isNarrow, label } from "./svg.ts"
import { shorten, textWidth } from "./text-width.ts"

export interface InstructionDot {
  /** Instructions per misprediction and per cycle. Dots without a finite, positive place are left out. */
  readonly distance: number
  readonly ipc: number
  /** Share of the time, 0 to 1: the dot's area. */
  readonly share: number
  readonly tip?: string
}

export interface InstructionRooflineData {
  /** Instructions per cycle at most. */
  readonly ceiling: { readonly ipc: number; readonly name: string }
  /** What is attainable at a distance. */
  readonly roof: (distance: number) => number
  readonly roofName: string
  /** Where mispredictions and width take the same time; undefined where nothing was mispredicted. */
  readonly ridge?: { readonly distance: number; readonly name: string }
  readonly windows: readonly InstructionDot[]
  readonly total: InstructionDot & { readonly name: string }
  readonly xTitle: string
  readonly yTitle: string
}

const fontSize = 12
const steps = 96

const isDrawable = ({ distance, ipc }: InstructionDot): boolean =>
  Number.isFinite(distance) && distance > 0 && Number.isFinite(ipc) && ipc > 0

const radiusOf = (share: number): number => Math.min(11, 2.5 + 12 * Math.sqrt(Math.max(0, share)))

export const instructionRooflineChart = (frame: ChartFrame, data: InstructionRooflineData): string => {
  const windows = data.windows.filter(isDrawable)
  const dots = isDrawable(data.total) ? [...windows, data.total] : windows
  if (dots.length === 0) return emptyChart(frame, "Nothing was mispredicted, so the width alone is the roof.")
  const narrow = isNarrow(frame)
  const left = narrow ? 40 : 52
  const box: Box = { x: left, y: aboveAxis, width: frame.width - left - 14, height: narrow ? 280 : 380 }
  const right = box.x + box.width
  const bottom = box.y + box.height
  const xs = [...dots.map(({ distance }) => distance), ...(data.ridge ? [data.ridge.distance] : [])]
  const xDomain = [Math.min(...xs) / 1.6, Math.max(...xs) * 1.6] as const
  const lowest = Math.min(...dots.map(({ ipc }) => ipc), data.roof(xDomain[0]))
  const highest = Math.max(data.ceiling.ipc, ...dots.map(({ ipc }) => ipc))
  const yDomain = [lowest / 1.3, highest * 1.35] as const
  const x = scaleLog(xDomain, [box.x, right])
  const y = scaleLog(yDomain, [bottom, box.y])
  const curve = Array.from({ length: steps + 1 }, (_, i) => {
    const distance = xDomain[0] * (xDomain[1] / xDomain[0]) ** (i / steps)
    return `${i === 0 ? "M" : "L"}${x(distance).toFixed(1)} ${y(data.roof(distance)).toFixed(1)}`
  })
  const ceilingAt = y(data.ceiling.ipc)
  const byArea = windows.toSorted((a, b) => b.share - a.share)
  return chart(
    frame,
    bottom + belowAxis,
    plotAxes(
      box,
      {
        position: x,
        ticks: ticksOf(xDomain, x, 48),
        format: shortNumber,
        title: data.xTitle,
      },
      {
        position: y,
        ticks: ticksOf(yDomain, y, 20),
        format: shortNumber,
        title: data.yTitle,
      },
    ),
    element("line", { class: "roof faint", x1: box.x, x2: right, y1: ceilingAt, y2: ceilingAt }),
    element("path", { class: "curve", d: curve.join("") }),
    // Large dots first, so that small ones stay on top of them.
    ...byArea.map((dot) =>
      element("circle", {
        class: "dot window",
        cx: x(dot.distance),
        cy: y(dot.ipc),
        r: radiusOf(dot.share),
        "data-tip": dot.tip,
      }),
    ),
    isDrawable(data.total)
      ? element("circle", {
          class: "dot whole",
          cx: x(data.total.distance),
          cy: y(data.total.ipc),
          r: 8,
          "data-tip": data.total.tip,
        })
      : "",
    names(data, { x, y, box, narrow }),
  )
}

const ticksOf = (
  domain: readonly [number, number],
  position: (value: number) => number,
  gap: number,
): readonly number[] => {
  const { labelled, minor } = logTicks(...domain)
  return spacedTicks([...labelled, ...minor], position, gap)
}

interface Plot {
  readonly x: (value: number) => number
  readonly y: (value: number) => number
  readonly box: Box
  readonly narrow: boolean
}

const names = (data: InstructionRooflineData, { x, y, box, narrow }: Plot): string => {
  const right = box.x + box.width
  const bottom = box.y + box.height
  const room = narrow ? 150 : 300
  const ceiling = shorten(data.ceiling.name, box.width - 12, fontSize)
  const roof = shorten(data.roofName, narrow ? box.width * 0.66 : room, fontSize)
  const parts = [
    label(ceiling, { class: "roof-label", x: box.x + 8, y: y(data.ceiling.ipc) - 7 }),
    label(roof, { class: "roof-label", x: right - 6, y: bottom - 10, "text-anchor": "end" }),
    element("line", {
      class: "curve",
      x1: right - textWidth(roof, fontSize) - 34,
      x2: right - textWidth(roof, fontSize) - 12,
      y1: bottom - 14,
      y2: bottom - 14,
    }),
  ]
  if (data.ridge !== undefined) {
    const at = x(data.ridge.distance)
    const text = shorten(data.ridge.name, room, fontSize)
    const ends = at + 6 + textWidth(text, fontSize) > right
    parts.push(
      element("line", { class: "ridge-line", x1: at, x2: at, y1: y(data.ceiling.ipc), y2: bottom }),
      label(text, {
        class: "roof-label",
        x: ends ? at - 6 : at + 6,
        y: y(data.ceiling.ipc) + 16,
        "text-anchor": ends ? "end" : "start",
      }),
    )
  }
  if (isDrawable(data.total)) {
    const name = shorten(data.total.name, room, fontSize)
    const request = {
      x: x(data.total.distance),
      y: y(data.total.ipc),
      radius: 9,
      width: textWidth(name, fontSize) + 6,
      height: 15,
    }
    const [place] = placeLabels([request], box)
    if (place !== undefined)
      parts.push(label(name, { class: "dot-label whole", x: place.x + 2, y: place.y + 11.5 }))
  }
  return parts.join("")
}
