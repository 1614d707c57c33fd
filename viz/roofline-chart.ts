/**
 * Roofline, log–log: what a machine could attain at each operational intensity, and what work attains. Dots on or near
 * the line use the machine; a dot's distance below it is what is left. Dot area is time, so the large ones matter.
 */
import { scaleLog, type ScaleLogarithmic } from "d3"
import { type Box, overlaps, placeLabels } from "./label-placement.ts"
import { legend } from "./legend.ts"
import { logTicks, spacedTicks } from "./log-ticks.ts"
import { shortNumber, tickText, withUnit } from "./number-format.ts"
import { chart, type ChartFrame, element, emptyChart, isNarrow, label, type Stroke, strokes } from "./svg.ts"
import { shorten, textWidth } from "./text-width.ts"

/** What limits a dot; the names are also the classes that colour it. */
export type DotBound = "memory" | "compute" | "unit" | "ridge" | "invalid" | "none"

export interface RooflineRoof {
  readonly name: string
  /** FLOP/s of a compute roof, bytes/s of a memory roof. */
  readonly rate: number
  /** How the number is known, e.g. "assumed"; stands on the line. */
  readonly provenance: string
  /** False for a roof that is shown for comparison and does not limit the dots of this chart. */
  readonly applies: boolean
}

export interface RooflineDot {
  readonly name: string
  /** FLOP/byte and FLOP/s. Dots without a finite, positive place are left out. */
  readonly intensity: number
  readonly rate: number
  /** Share of the time, 0 to 1: the dot's area. */
  readonly share: number
  readonly bound: DotBound
  /** `simulated` is hollow, `measured` filled; `before` is the dashed first of a pair. */
  readonly kind: "simulated" | "measured" | "before"
  readonly tip?: string
  /** The row of the table that says the same; brushing chooses it. */
  readonly row?: string
}

export interface RooflineData {
  readonly computeRoofs: readonly RooflineRoof[]
  readonly memoryRoofs: readonly RooflineRoof[]
  readonly dots: readonly RooflineDot[]
  /** Index pairs into `dots`, drawn as arrows from the first to the second. */
  readonly arrows?: readonly (readonly [number, number])[]
  /** Indices into `dots`: dots that a line joins in this order. */
  readonly joins?: readonly (readonly number[])[]
  /** Axis titles name level and counting convention. */
  readonly xTitle: string
  readonly yTitle: string
}

const fontSize = 12
const labelHeight = 15

interface Plot {
  readonly x: ScaleLogarithmic<number, number>
  readonly y: ScaleLogarithmic<number, number>
  readonly box: Box
}

interface Drawn {
  readonly markup: string
  /** Areas that labels must keep off. */
  readonly obstacles: readonly Box[]
}

const isDrawable = (dot: RooflineDot): boolean =>
  Number.isFinite(dot.intensity) && dot.intensity > 0 && Number.isFinite(dot.rate) && dot.rate > 0

const dotRadius = (share: number): number => Math.min(22, 4 + 20 * Math.sqrt(Math.max(0, share)))

export const rooflineChart = (frame: ChartFrame, data: RooflineData): string => {
  const dots = data.dots.filter(isDrawable)
  if (dots.length === 0) return emptyChart(frame, "No work here multiplies and moves bytes at this level.")
  const bounds = [...new Set(dots.map(({ bound }) => bound))].toSorted()
  const key = legend(
    bounds.map((bound) => ({ name: boundNames[bound], mark: `fill-${bound}` })),
    frame.width,
    0,
  )
  const plot = plotOf(frame, data, dots, key.height + 8)
  const radiusBoxes = dots.map((dot): Box => {
    const r = dotRadius(dot.share)
    return { x: plot.x(dot.intensity) - r, y: plot.y(dot.rate) - r, width: 2 * r, height: 2 * r }
  })
  const roofs = drawRoofs(plot, data, radiusBoxes, isNarrow(frame))
  const byArea = dots.map((_, index) => index).toSorted((a, b) => dots[b].share - dots[a].share || a - b)
  const names = byArea.map((index) => shorten(dots[index].name, isNarrow(frame) ? 110 : 190, fontSize))
  const places = placeLabels(
    byArea.map((index, order) => ({
      x: plot.x(dots[index].intensity),
      y: plot.y(dots[index].rate),
      radius: dotRadius(dots[index].share),
      width: textWidth(names[order], fontSize) + 4,
      height: labelHeight,
    })),
    plot.box,
    [...roofs.obstacles, ...radiusBoxes],
  )
  const height = plot.box.y + plot.box.height + 52
  return chart(
    frame,
    height,
    key.markup,
    drawAxes(plot, data, frame, height),
    roofs.markup,
    drawJoins(plot, data),
    drawArrows(plot, data),
    // Large dots first, so that small ones stay on top of them.
    ...byArea.map((index) => drawDot(plot, dots[index])),
    ...places.map((box, order) =>
      box === undefined
        ? ""
        : label(names[order], { class: "dot-label", x: box.x + 2, y: box.y + labelHeight - 3.5 }),
    ),
  )
}

const boundNames: Readonly<Record<DotBound, string>> = {
  memory: "memory-bound",
  compute: "compute-bound",
  unit: "bound by another unit",
  ridge: "at the ridge",
  invalid: "above its roof: invalid",
  none: "no roof applies",
}

const plotOf = (frame: ChartFrame, data: RooflineData, dots: readonly RooflineDot[], top: number): Plot => {
  const peak = Math.max(...data.computeRoofs.map(({ rate }) => rate), ...dots.map(({ rate }) => rate))
  const ridges = data.memoryRoofs.filter((roof) => roof.applies).map(({ rate }) => peak / rate)
  const xs = [...dots.map(({ intensity }) => intensity), ...ridges]
  const lowRate = Math.min(...dots.map(({ rate }) => rate))
  const left = isNarrow(frame) ? 46 : 64
  const width = frame.width - left - 14
  const height = Math.round(isNarrow(frame) ? frame.width * 0.85 : frame.width * 0.44)
  return {
    x: scaleLog([Math.min(...xs) / 3, Math.max(...xs) * 3], [left, left + width]),
    y: scaleLog([Math.min(lowRate / 2.5, peak / 12), peak * 2.2], [top + height, top]),
    box: { x: left, y: top, width, height },
  }
}

const drawAxes = ({ x, y, box }: Plot, data: RooflineData, frame: ChartFrame, height: number): string => {
  const right = box.x + box.width
  const bottom = box.y + box.height
  const xTicks = logTicks(x.domain()[0], x.domain()[1])
  const yTicks = logTicks(y.domain()[0], y.domain()[1])
  const across = spacedTicks(xTicks.labelled, x, 40)
  return [
    strokes("grid", [
      ...across.map((tick): Stroke => [x(tick), box.y, x(tick), bottom]),
      ...yTicks.labelled.map((tick): Stroke => [box.x, y(tick), right, y(tick)]),
    ]),
    strokes("axis", [
      ...xTicks.minor.map((tick): Stroke => [x(tick), bottom, x(tick), bottom + 4]),
      ...yTicks.minor.map((tick): Stroke => [box.x - 4, y(tick), box.x, y(tick)]),
      [box.x, bottom, right, bottom],
      [box.x, box.y, box.x, bottom],
    ]),
    ...across.map((tick) =>
      label(shortNumber(tick), { class: "tick", x: x(tick), y: bottom + 18, "text-anchor": "middle" }),
    ),
    ...yTicks.labelled.map((tick) =>
      label(tickText(tick), { class: "tick", x: box.x - 8, y: y(tick) + 4, "text-anchor": "end" }),
    ),
    label(shorten(data.xTitle, frame.width, fontSize), {
      class: "axis-title",
      x: right,
      y: height - 12,
      "text-anchor": "end",
    }),
    label(shorten(data.yTitle, box.width - 20, fontSize), {
      class: "axis-title",
      x: box.x + 8,
      y: box.y + 12,
    }),
  ].join("")
}

/** Roofs of one rate lie on one line and share its label. */
const merged = (roofs: readonly RooflineRoof[]): readonly RooflineRoof[] => {
  const byRate = new Map<number, RooflineRoof[]>()
  for (const roof of roofs) byRate.set(roof.rate, [...(byRate.get(roof.rate) ?? []), roof])
  return [...byRate].map(([rate, group]) => ({
    rate,
    name: group.map(({ name }) => name).join(", "),
    provenance: [...new Set(group.map(({ provenance }) => provenance))].join(", "),
    applies: group.some(({ applies }) => applies),
  }))
}

const drawRoofs = (plot: Plot, data: RooflineData, dots: readonly Box[], narrow: boolean): Drawn => {
  const { x, y, box } = plot
  const right = box.x + box.width
  const bottom = box.y + box.height
  const peak = Math.max(0, ...data.computeRoofs.map(({ rate }) => rate))
  const obstacles: Box[] = [{ x: box.x, y: box.y, width: textWidth(data.yTitle, fontSize) + 12, height: 18 }]
  const lines: Box[] = []
  const parts: string[] = []
  const room = narrow ? 236 : 300

  for (const roof of merged(data.memoryRoofs)) {
    const from = Math.max(x.domain()[0], y.domain()[0] / roof.rate)
    const until = Math.min(x.domain()[1], (peak > 0 ? peak : y.domain()[1]) / roof.rate)
    if (until <= from) continue
    const [x1, y1, x2, y2] = [x(from), y(from * roof.rate), x(until), y(until * roof.rate)]
    const line = roof.applies ? "roof" : "roof faint"
    const length = Math.hypot(x2 - x1, y2 - y1)
    const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length]
    const drawn = element("line", { class: line, x1, y1, x2, y2 })
    if (roof.applies) parts.push(drawn)
    if (roof.applies && peak > 0) {
      const ridge = `ridge ${shortNumber(peak / roof.rate)}`
      const width = textWidth(ridge, fontSize)
      const atLeft = x2 + 6 + width > right
      parts.push(
        element("line", { class: "ridge-line", x1: x2, x2, y1: y2, y2: bottom }),
        label(ridge, {
          class: "roof-label",
          x: atLeft ? x2 - 6 : x2 + 6,
          y: bottom - 8,
          "text-anchor": atLeft ? "end" : "start",
        }),
      )
      obstacles.push({ x: atLeft ? x2 - 6 - width : x2 + 6, y: bottom - 21, width, height: 18 })
    }
    if (roof.applies) lines.push(...alongLine(x1, y1, x2, y2))
    const rate = withUnit(roof.rate, "B/s")
    const text = [`${roof.name} ${rate} · ${roof.provenance}`, `${roof.name} ${rate}`, roof.name]
      .map((candidate) => shorten(candidate, room, fontSize))
      .find((candidate) => textWidth(candidate, fontSize) <= length)
    if (text === undefined) continue
    const width = textWidth(text, fontSize)
    const boxesAt = (along: number): readonly Box[] =>
      Array.from({ length: Math.ceil(width / 8) + 1 }, (_, step) => {
        const at = along + step * 8
        return { x: x1 + ux * at - 6, y: y1 + uy * at - 18, width: 14, height: 18 }
      })
    const free = [0.06, 0.2, 0.35, 0.5, 0.65, 0.8]
      .map((share) => Math.min(share * length, length - width))
      .find(
        (along) => !boxesAt(along).some((b) => [...obstacles, ...dots].some((other) => overlaps(b, other))),
      )
    if (free === undefined && !roof.applies) continue
    // A roof that is only there for comparison is drawn where it can also be named.
    if (!roof.applies) parts.push(drawn)
    const along = free ?? 0.06 * length
    obstacles.push(...boxesAt(Math.max(0, along)))
    const [tx, ty] = [x1 + ux * along, y1 + uy * along]
    const angle = (Math.atan2(uy, ux) * 180) / Math.PI
    parts.push(
      label(text, {
        class: roof.applies ? "roof-label" : "roof-label faint",
        x: 0,
        y: -6,
        transform: `translate(${tx.toFixed(1)} ${ty.toFixed(1)}) rotate(${angle.toFixed(1)})`,
      }),
    )
  }

  for (const roof of merged(data.computeRoofs)) {
    const slope = Math.max(...data.memoryRoofs.filter((r) => r.applies).map(({ rate }) => rate), 0)
    const from = slope > 0 ? Math.max(x.domain()[0], roof.rate / slope) : x.domain()[0]
    const line = y(roof.rate)
    parts.push(element("line", { class: "roof", x1: x(from), x2: right, y1: line, y2: line }))
    lines.push({ x: x(from), y: line - 1, width: right - x(from), height: 2 })
    const text = shorten(`${roof.name} ${withUnit(roof.rate, "FLOP/s")} · ${roof.provenance}`, room, fontSize)
    const width = textWidth(text, fontSize)
    const place = [8, 24]
      .flatMap((rise) =>
        [right - width, (x(from) + right - width) / 2, x(from) - width * 0.4].map((left) => ({ left, rise })),
      )
      .map(({ left, rise }): Box => ({
        x: Math.max(box.x, left),
        y: line - rise - 12,
        width,
        height: labelHeight,
      }))
    const free = place.find(
      (candidate) => ![...obstacles, ...dots].some((other) => overlaps(candidate, other)),
    )
    const chosen = free ?? place[0]
    obstacles.push(chosen)
    parts.push(label(text, { class: "roof-label", x: chosen.x, y: chosen.y + 12 }))
  }
  return { markup: parts.join(""), obstacles: [...obstacles, ...lines] }
}

/** Small boxes that cover a slanted line. */
const alongLine = (x1: number, y1: number, x2: number, y2: number): readonly Box[] => {
  const steps = Math.ceil(Math.hypot(x2 - x1, y2 - y1) / 6)
  return Array.from({ length: steps + 1 }, (_, i) => ({
    x: x1 + ((x2 - x1) * i) / steps - 3,
    y: y1 + ((y2 - y1) * i) / steps - 3,
    width: 6,
    height: 6,
  }))
}

const drawDot = ({ x, y }: Plot, dot: RooflineDot): string =>
  element("circle", {
    class: `dot ${dot.bound} ${dot.kind}`,
    cx: x(dot.intensity),
    cy: y(dot.rate),
    r: dotRadius(dot.share),
    "data-tip": dot.tip,
    "data-row": dot.row,
  })

/** Lines through the dots that belong together. */
const drawJoins = ({ x, y }: Plot, { dots, joins }: RooflineData): string =>
  (joins ?? [])
    .map((join) => join.map((index) => dots[index]).filter(isDrawable))
    .filter((joined) => joined.length > 1)
    .map((joined) =>
      element("path", {
        class: "arrow join",
        d: joined
          .map((dot, i) => `${i === 0 ? "M" : "L"}${x(dot.intensity).toFixed(1)} ${y(dot.rate).toFixed(1)}`)
          .join(""),
      }),
    )
    .join("")

/** A line between the rims of two dots, with a head at the second. */
const drawArrows = ({ x, y }: Plot, data: RooflineData): string =>
  (data.arrows ?? [])
    .map(([from, to]) => [data.dots[from], data.dots[to]] as const)
    .filter(([from, to]) => isDrawable(from) && isDrawable(to))
    .map(([from, to]) => {
      const [x1, y1, x2, y2] = [x(from.intensity), y(from.rate), x(to.intensity), y(to.rate)]
      const length = Math.hypot(x2 - x1, y2 - y1)
      const [r1, r2] = [dotRadius(from.share), dotRadius(to.share) + 3]
      if (length <= r1 + r2) return ""
      const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length]
      const [sx, sy, ex, ey] = [x1 + ux * r1, y1 + uy * r1, x2 - ux * r2, y2 - uy * r2]
      const point = (px: number, py: number): string => `${px.toFixed(1)},${py.toFixed(1)}`
      const head = [
        point(ex, ey),
        point(ex - ux * 8 - uy * 4, ey - uy * 8 + ux * 4),
        point(ex - ux * 8 + uy * 4, ey - uy * 8 - ux * 4),
      ]
      return (
        element("line", { class: "arrow", x1: sx, y1: sy, x2: ex, y2: ey }) +
        element("polygon", { class: "arrow-head", points: head.join(" ") })
      )
    })
    .join("")
