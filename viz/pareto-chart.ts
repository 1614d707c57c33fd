/** What a cost buys: points over a logarithmic cost, and the front of those that no other beats as a step line. */
import { scaleLinear, scaleLog } from "d3"
import { type Box, placeLabels } from "./label-placement.ts"
import { logTicks, spacedTicks } from "./log-ticks.ts"
import { aboveAxis, belowAxis, plotAxes } from "./plot-axes.ts"
import { chart, type ChartFrame, element, emptyChart, isNarrow, label } from "./svg.ts"
import { shorten, textWidth } from "./text-width.ts"

export interface ParetoPoint {
  readonly name: string
  /** Above zero; others are left out. */
  readonly cost: number
  /** Less is better. */
  readonly value: number
  /** On the front: filled, and joined by the line. */
  readonly isBest: boolean
  readonly tip?: string
  /** The row of the table that says the same; brushing chooses it. */
  readonly row?: string
}

export interface ParetoData {
  readonly points: readonly ParetoPoint[]
  readonly xTitle: string
  readonly yTitle: string
  readonly formatX: (value: number) => string
  readonly formatY: (value: number) => string
}

const fontSize = 12
const radius = 6

export const paretoChart = (frame: ChartFrame, data: ParetoData): string => {
  const points = data.points.filter(({ cost, value }) => cost > 0 && Number.isFinite(value))
  if (points.length === 0) return emptyChart(frame, "Nothing here has a cost to compare by.")
  const narrow = isNarrow(frame)
  const left = narrow ? 40 : 52
  const box: Box = { x: left, y: aboveAxis, width: frame.width - left - 14, height: narrow ? 260 : 340 }
  const right = box.x + box.width
  const bottom = box.y + box.height
  const costs = points.map(({ cost }) => cost)
  const domain = [Math.min(...costs) / 2, Math.max(...costs) * 2] as const
  const values = points.map(({ value }) => value)
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const x = scaleLog(domain, [box.x, right])
  const y = valueScale(least, most, [bottom, box.y])
  const front = points.filter(({ isBest }) => isBest).toSorted((a, b) => a.cost - b.cost)
  const at = (value: number): string => value.toFixed(1)
  // Until the next predictor is affordable, the one before it is the best to be had.
  const steps = front.map(({ cost, value }, i) =>
    i === 0 ? `M${at(x(cost))} ${at(y.position(value))}` : `H${at(x(cost))}V${at(y.position(value))}`,
  )
  const shown = points.map(({ name }) => shorten(name, narrow ? 130 : 200, fontSize))
  const dots = points.map(({ cost, value }): Box => ({
    x: x(cost) - radius,
    y: y.position(value) - radius,
    width: 2 * radius,
    height: 2 * radius,
  }))
  const places = placeLabels(
    points.map(({ cost, value }, i) => ({
      x: x(cost),
      y: y.position(value),
      radius,
      width: textWidth(shown[i], fontSize) + 4,
      height: 15,
    })),
    box,
    [...dots, ...alongFront(front, x, y.position, right)],
  )
  return chart(
    frame,
    bottom + belowAxis,
    plotAxes(
      box,
      {
        position: x,
        ticks: ticksOf(domain, x, 44),
        format: data.formatX,
        title: data.xTitle,
      },
      { position: y.position, ticks: y.ticks(narrow ? 4 : 6), format: data.formatY, title: data.yTitle },
    ),
    front.length === 0 ? "" : element("path", { class: "curve", d: `${steps.join("")}H${at(right)}` }),
    ...points.map(({ cost, value, isBest, tip, row }) =>
      element("circle", {
        class: `dot compute ${isBest ? "measured" : "simulated"}`,
        cx: x(cost),
        cy: y.position(value),
        r: radius,
        "data-tip": tip,
        "data-row": row,
      }),
    ),
    ...places.map((place, i) =>
      place === undefined ? "" : label(shown[i], { class: "dot-label", x: place.x + 2, y: place.y + 11.5 }),
    ),
  )
}

interface ValueScale {
  readonly position: (value: number) => number
  readonly ticks: (about: number) => readonly number[]
}

/** One hopeless point must not press the others together: from this ratio on the scale is logarithmic. */
const logFrom = 4

/** Places, not lengths, are compared, so the axis need not start at zero. */
const valueScale = (least: number, most: number, range: readonly [number, number]): ValueScale => {
  if (least > 0 && most / least >= logFrom) {
    const domain = [least / 1.5, most * 1.5] as const
    const position = scaleLog(domain, range)
    return { position, ticks: () => ticksOf(domain, position, 26) }
  }
  const margin = most > least ? (most - least) * 0.15 : Math.max(1, most) * 0.5
  const position = scaleLinear([Math.max(0, least - margin), most + margin], range)
  return { position, ticks: (about) => position.ticks(about) }
}

const ticksOf = (
  domain: readonly [number, number],
  position: (value: number) => number,
  gap: number,
): readonly number[] => {
  const { labelled, minor } = logTicks(...domain)
  return spacedTicks([...labelled, ...minor], position, gap)
}

/** Boxes that cover the step line, so that no name stands on it. */
const alongFront = (
  front: readonly ParetoPoint[],
  x: (value: number) => number,
  y: (value: number) => number,
  right: number,
): readonly Box[] =>
  front.flatMap(({ cost, value }, i) => {
    const to = i + 1 < front.length ? front[i + 1] : undefined
    const end = to === undefined ? right : x(to.cost)
    const flat = { x: x(cost), y: y(value) - 2, width: end - x(cost), height: 4 }
    return to === undefined
      ? [flat]
      : [flat, { x: end - 2, y: y(value), width: 4, height: Math.max(0, y(to.value) - y(value)) }]
  })
