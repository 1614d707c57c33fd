/** Predicted against expected, log–log, with bands of relative error around the diagonal. */
import { scaleLog, type ScaleLogarithmic } from "d3"
import { logTicks, spacedTicks } from "./log-ticks.ts"
import { tickText } from "./number-format.ts"
import { chart, type ChartFrame, element, emptyChart, label } from "./svg.ts"
import { shorten } from "./text-width.ts"

export interface ScatterData {
  readonly points: readonly {
    readonly expected: number
    readonly predicted: number
    readonly tip?: string
  }[]
  /** Half-widths of the bands as shares, widest first, e.g. [0.2, 0.1]. */
  readonly bands: readonly number[]
  readonly xTitle: string
  readonly yTitle: string
}

/** Points that fall on the same pixel are drawn once. */
export const scatter = (frame: ChartFrame, data: ScatterData): string => {
  const points = data.points.filter(({ expected, predicted }) => expected > 0 && predicted > 0)
  if (points.length === 0) return emptyChart(frame, "No case has both numbers above zero.")
  const values = points.flatMap(({ expected, predicted }) => [expected, predicted])
  // At least a third of a decade on both sides, so that one point or equal points still make an axis.
  const domain = [Math.min(...values) / 1.6, Math.max(...values) * 1.6]
  const left = 52
  const side = frame.width - left - 20
  const top = 22
  const bottom = top + side
  const x = scaleLog(domain, [left, left + side])
  const y = scaleLog(domain, [bottom, top])
  const ticks = spacedTicks(logTicks(domain[0], domain[1]).labelled, x, 40)
  const grid = ticks.map(
    (tick) =>
      element("line", { class: "grid", x1: x(tick), x2: x(tick), y1: top, y2: bottom }) +
      element("line", { class: "grid", x1: left, x2: left + side, y1: y(tick), y2: y(tick) }) +
      label(tickText(tick), { class: "tick", x: x(tick), y: bottom + 17, "text-anchor": "middle" }) +
      label(tickText(tick), { class: "tick", x: left - 7, y: y(tick) + 4, "text-anchor": "end" }),
  )
  const seen = new Set<string>()
  const dots = points.flatMap(({ expected, predicted, tip }) => {
    const key = `${Math.round(x(expected) * 2)} ${Math.round(y(predicted) * 2)}`
    if (seen.has(key)) return []
    seen.add(key)
    return [
      element("circle", {
        class: "dot case",
        cx: x(expected),
        cy: y(predicted),
        r: 2.75,
        "data-tip": tip,
      }),
    ]
  })
  return chart(
    frame,
    bottom + 46,
    ...data.bands.map((band) => element("polygon", { class: "band", points: bandCorners(x, y, band) })),
    ...grid,
    element("line", { class: "roof", x1: left, y1: bottom, x2: left + side, y2: top }),
    ...dots,
    label(shorten(data.xTitle, side, 12), {
      class: "axis-title",
      x: left + side,
      y: bottom + 38,
      "text-anchor": "end",
    }),
    label(shorten(data.yTitle, side, 12), { class: "axis-title", x: left, y: 12 }),
  )
}

/** The region within ±band of the diagonal, clipped to the plot. */
const bandCorners = (
  x: ScaleLogarithmic<number, number>,
  y: ScaleLogarithmic<number, number>,
  band: number,
): string => {
  const [low, high] = x.domain()
  const corners: readonly (readonly [number, number])[] = [
    [low, low],
    [low, Math.min(high, low * (1 + band))],
    [Math.max(low, high / (1 + band)), high],
    [high, high],
    [high, Math.max(low, high * (1 - band))],
    [Math.min(high, low / (1 - band)), low],
  ]
  return corners.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(" ")
}
