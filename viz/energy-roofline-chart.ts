/** Operations per joule over operational intensity, log–log, under the arch that operations, transfers and static power leave. */
import { scaleLog } from "d3"
import { type Box, placeLabels } from "./label-placement.ts"
import { logTicks, spacedTicks } from "./log-ticks.ts"
import { shortNumber, tickText } from "./number-format.ts"
import { aboveAxis, belowAxis, plotAxes } from "./plot-axes.ts"
import { chart, type ChartFrame, element, emptyChart, isNarrow, label } from "./svg.ts"
import { shorten, textWidth } from "./text-width.ts"

export interface EnergyDot {
  readonly name: string
  /** FLOP/byte and FLOP/J. Dots without a finite, positive place are left out. */
  readonly intensity: number
  readonly perJoule: number
  /** Share of the energy, 0 to 1: the dot's area. */
  readonly share: number
  /** Class of the colour. */
  readonly mark: string
  readonly tip?: string
}

export interface EnergyRooflineData {
  readonly dots: readonly EnergyDot[]
  /** FLOP/J attainable at an intensity. */
  readonly arch: (intensity: number) => number
  readonly archName: string
  /** FLOP/byte where transfers cost as much as operations. */
  readonly balance: number
  readonly xTitle: string
  readonly yTitle: string
}

const fontSize = 12
const steps = 64

const isDrawable = ({ intensity, perJoule }: EnergyDot): boolean =>
  Number.isFinite(intensity) && intensity > 0 && Number.isFinite(perJoule) && perJoule > 0

const radiusOf = (share: number): number => Math.min(22, 4 + 20 * Math.sqrt(Math.max(0, share)))

export const energyRooflineChart = (frame: ChartFrame, data: EnergyRooflineData): string => {
  const dots = data.dots.filter(isDrawable).toSorted((a, b) => b.share - a.share)
  if (dots.length === 0) return emptyChart(frame, "No work here multiplies, moves bytes and has a price.")
  const narrow = isNarrow(frame)
  const left = narrow ? 44 : 56
  const box: Box = { x: left, y: aboveAxis, width: frame.width - left - 14, height: narrow ? 300 : 400 }
  const [right, bottom] = [box.x + box.width, box.y + box.height]
  const xs = [...dots.map(({ intensity }) => intensity), data.balance]
  const xDomain = [Math.min(...xs) / 2.5, Math.max(...xs) * 2.5] as const
  const rates = [...dots.map(({ perJoule }) => perJoule), ...xDomain.map(data.arch)]
  const yDomain = [Math.min(...rates) / 1.5, Math.max(...rates) * 1.8] as const
  const x = scaleLog(xDomain, [box.x, right])
  const y = scaleLog(yDomain, [bottom, box.y])
  const curve = Array.from({ length: steps + 1 }, (_, i) => {
    const intensity = xDomain[0] * (xDomain[1] / xDomain[0]) ** (i / steps)
    return `${i === 0 ? "M" : "L"}${x(intensity).toFixed(1)} ${y(data.arch(intensity)).toFixed(1)}`
  })
  const name = shorten(data.archName, box.width - 12, fontSize)
  const balance = `equal at ${shortNumber(data.balance)} FLOP/byte`
  const balanceAt = x(data.balance)
  const balanceEnds = balanceAt + 6 + textWidth(balance, fontSize) > right
  const names = dots.map((dot) => shorten(dot.name, narrow ? 110 : 190, fontSize))
  const archTop = y(data.arch(xDomain[1]))
  const places = placeLabels(
    dots.map((dot, i) => ({
      x: x(dot.intensity),
      y: y(dot.perJoule),
      radius: radiusOf(dot.share),
      width: textWidth(names[i], fontSize) + 4,
      height: 15,
    })),
    box,
    [
      {
        x: right - textWidth(name, fontSize) - 8,
        y: archTop - 24,
        width: textWidth(name, fontSize),
        height: 18,
      },
      {
        x: balanceEnds ? balanceAt - 6 - textWidth(balance, fontSize) : balanceAt + 6,
        y: bottom - 21,
        width: textWidth(balance, fontSize),
        height: 18,
      },
      ...dots.map((dot): Box => {
        const r = radiusOf(dot.share)
        return { x: x(dot.intensity) - r, y: y(dot.perJoule) - r, width: 2 * r, height: 2 * r }
      }),
    ],
  )
  const ticks = (domain: readonly [number, number], at: (value: number) => number, gap: number) => {
    const { labelled, minor } = logTicks(...domain)
    return spacedTicks([...labelled, ...minor], at, gap)
  }
  return chart(
    frame,
    bottom + belowAxis,
    plotAxes(
      box,
      { position: x, ticks: ticks(xDomain, x, 48), format: shortNumber, title: data.xTitle },
      { position: y, ticks: ticks(yDomain, y, 24), format: tickText, title: data.yTitle },
    ),
    element("line", {
      class: "ridge-line",
      x1: balanceAt,
      x2: balanceAt,
      y1: y(data.arch(data.balance)),
      y2: bottom,
    }),
    label(balance, {
      class: "roof-label",
      x: balanceEnds ? balanceAt - 6 : balanceAt + 6,
      y: bottom - 8,
      "text-anchor": balanceEnds ? "end" : "start",
    }),
    element("path", { class: "curve", d: curve.join("") }),
    label(name, { class: "roof-label", x: right - 6, y: archTop - 10, "text-anchor": "end" }),
    ...dots.map((dot) =>
      element("circle", {
        class: `dot ${dot.mark}`,
        cx: x(dot.intensity),
        cy: y(dot.perJoule),
        r: radiusOf(dot.share),
        "data-tip": dot.tip,
      }),
    ),
    ...places.map((place, i) =>
      place === undefined ? "" : label(names[i], { class: "dot-label", x: place.x + 2, y: place.y + 11.5 }),
    ),
  )
}
