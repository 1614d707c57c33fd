/**
 * Draws a stretch of a timeline, on anything that can paint a rectangle, a line and a text. Spans that are wide enough are
 * drawn one by one; narrower ones are summed into columns of a pixel, each filled to the share that is covered. So a frame
 * costs pixels and what is visible, and bins take over where more spans are visible than pixels.
 */
import { onFill } from "../on-fill.ts"
import { boldWidth, shorten } from "../text-width.ts"
import { type Bins, binsOf, difference, pyramid } from "./bins.ts"
import { cyclesTick, tickStep, timeTick } from "./tick-text.ts"
import { endOf, firstEndingAfter, firstStartingFrom, type Timeline, type TimelineRow } from "./timeline.ts"

/** Where the drawing goes. Classes are those of the stylesheet. */
export interface Painter {
  readonly rect: (mark: string, x: number, y: number, width: number, height: number) => void
  readonly line: (style: string, x1: number, y1: number, x2: number, y2: number) => void
  readonly text: (
    style: string,
    text: string,
    x: number,
    y: number,
    anchor: "start" | "middle" | "end",
  ) => void
}

/** The stretch of cycles that is seen. */
export interface View {
  readonly from: number
  readonly to: number
}

/** Places of everything, in pixels. */
export interface Layout {
  readonly width: number
  readonly height: number
  /** Left edge and width of the plot; names stand left of it, or above the rows where it is narrow. */
  readonly left: number
  readonly plot: number
  /** Lower edge of the rows; the axis is below it. */
  readonly bottom: number
  /** Top of each row. */
  readonly tops: readonly number[]
  readonly heights: readonly number[]
  readonly namesAbove: boolean
}

/** A row ready to be drawn at any zoom. */
export interface DrawableRow {
  readonly row: TimelineRow
  /** Of all spans, finest first; empty where the spans are few. */
  readonly levels: readonly Bins[]
  /** Cycles of spans that the page does not carry. */
  readonly missing: Bins | undefined
}

/** Of the larger text, that of the stylesheet. */
const fontSize = 13
const gap = 5
const axisHeight = 44
const rowHeights: Readonly<Record<string, number>> = { pass: 18, layer: 20, stage: 22, account: 30 }

export const drawableRow = (timeline: Timeline, row: TimelineRow): DrawableRow => {
  const { bins, spans } = row
  if (bins === undefined) return { row, levels: [], missing: undefined }
  const own =
    spans.length < row.total
      ? binsOf(
          spans,
          timeline.cycles,
          row.series.length,
          row.labels.map(({ series }) => series),
          bins.count,
        )
      : undefined
  return { row, levels: pyramid(bins), missing: own === undefined ? undefined : difference(bins, own) }
}

export const layoutOf = (timeline: Timeline, width: number): Layout => {
  const namesAbove = width < 560
  const left = namesAbove ? 0 : width < 800 ? 170 : 196
  const nameHeight = namesAbove ? 16 : 0
  const tops: number[] = []
  const heights: number[] = []
  let y = 0
  for (const row of timeline.rows) {
    const height = rowHeights[row.kind === "account" ? "account" : row.level] ?? 16
    tops.push(y + nameHeight)
    heights.push(height)
    y += nameHeight + height + gap
  }
  return { width, height: y + axisHeight, left, plot: width - left - 1, bottom: y, tops, heights, namesAbove }
}

/** Pixel of a cycle. */
export const xOf = ({ left, plot }: Layout, view: View, cycle: number): number =>
  left + ((cycle - view.from) / (view.to - view.from)) * plot

export const drawTimeline = (
  timeline: Timeline,
  rows: readonly DrawableRow[],
  layout: Layout,
  view: View,
  painter: Painter,
): void => {
  drawAxis(timeline, layout, view, painter)
  for (const [r, row] of rows.entries()) {
    const name = shorten(row.row.title, layout.namesAbove ? layout.width : layout.left - 14, fontSize)
    if (layout.namesAbove) painter.text("name", name, 0, layout.tops[r] - 4, "start")
    else painter.text("name", name, layout.left - 10, layout.tops[r] + layout.heights[r] / 2 + 4, "end")
    drawRow(timeline, row, layout.tops[r], layout.heights[r], layout, view, painter)
  }
}

const drawAxis = (timeline: Timeline, layout: Layout, view: View, painter: Painter): void => {
  const wanted = Math.max(2, Math.floor(layout.plot / 100))
  const step = tickStep(view.to - view.from, wanted)
  for (let cycle = Math.ceil(view.from / step) * step; cycle <= view.to; cycle += step) {
    const x = xOf(layout, view, cycle)
    painter.line("grid", x, 0, x, layout.bottom)
    const text = cyclesTick(cycle, step)
    const half = boldWidth(text, fontSize) / 2
    const anchor = x - half < layout.left ? "start" : x + half > layout.width ? "end" : "middle"
    painter.text("tick", text, x, layout.bottom + 14, anchor)
    painter.text("tick", timeTick(cycle, step, timeline.clockHertz), x, layout.bottom + 29, anchor)
  }
}

const drawRow = (
  timeline: Timeline,
  drawable: DrawableRow,
  top: number,
  height: number,
  layout: Layout,
  view: View,
  painter: Painter,
): void => {
  const { row, levels, missing } = drawable
  const { spans, series } = row
  const marks = series.map((s) => timeline.series[s].mark)
  painter.rect("row-ground", layout.left, top, layout.plot, height)
  const scale = layout.plot / (view.to - view.from)
  const columns = new Columns(series.length, layout, view)
  const level = levels.findLast(({ width }) => width * scale <= 1)
  if (level !== undefined) {
    columns.addBins(level)
    columns.paint(marks, top, height, painter)
    return
  }
  if (missing !== undefined) {
    columns.addBins(missing)
    columns.paint(marks, top, height, painter)
    columns.clear()
  }
  const first = firstEndingAfter(spans, view.from)
  const last = firstStartingFrom(spans, view.to)
  // Marks over columns, so that what is seen one by one stays crisp.
  const wide: number[] = []
  for (let i = first; i < last; i++) {
    if (spans.duration[i] * scale < narrowest) columns.addSpan(row, i)
    else {
      wide.push(i)
      columns.take(spans.start[i], endOf(spans, i))
    }
  }
  columns.paint(marks, top, height, painter)
  for (const i of wide) drawSpan(row, i, marks, top, height, layout, view, painter)
}

/** Text on marks is set bold, which is wider. */
const boldness = 1.1

/** Letters that a shortened name has at least. */
const shortestCut = 8

/** Pixels from which a span is drawn by itself. */
const narrowest = 1.5

const drawSpan = (
  row: TimelineRow,
  index: number,
  marks: readonly string[],
  top: number,
  height: number,
  layout: Layout,
  view: View,
  painter: Painter,
): void => {
  const { spans, labels } = row
  const left = Math.max(layout.left, xOf(layout, view, spans.start[index]))
  const right = Math.min(layout.left + layout.plot, xOf(layout, view, endOf(spans, index)))
  if (right <= left) return
  // Blocks stand apart, so that neighbours of one colour can be told apart; an account is one outline.
  const width = spans.parts === undefined && right - left > 3 ? right - left - 1 : right - left
  const { name, series } = labels[spans.label[index]]
  if (spans.parts === undefined) {
    painter.rect(marks[series], left, top, width, height)
  } else {
    let y = top + height
    for (const [s, mark] of marks.entries()) {
      const part = (height * spans.parts[index * marks.length + s]) / spans.duration[index]
      if (part <= 0) continue
      y -= part
      painter.rect(mark, left, y, width, part)
    }
  }
  if (spans.parts === undefined && width > 26 && height >= 16) {
    const text = shorten(name, (width - 10) / boldness, fontSize)
    // A few letters about an ellipsis tell nothing.
    if (text === name || text.length >= shortestCut)
      painter.text(onFill(marks[series]), text, left + 5, top + height / 2 + 4, "start")
  }
}

/** Cycles summed by column of a pixel and by series. */
class Columns {
  readonly #count: number
  readonly #series: number
  readonly #cycles: Float64Array
  /** Share of each column that spans cover which are drawn one by one. */
  readonly #taken: Float64Array
  readonly #layout: Layout
  readonly #from: number
  /** Cycles of a column. */
  readonly #width: number
  #isEmpty = true

  constructor(series: number, layout: Layout, view: View) {
    this.#count = Math.ceil(layout.plot)
    this.#series = series
    this.#cycles = new Float64Array(this.#count * series)
    this.#taken = new Float64Array(this.#count)
    this.#layout = layout
    this.#from = view.from
    this.#width = (view.to - view.from) / layout.plot
  }

  clear(): void {
    this.#cycles.fill(0)
    this.#isEmpty = true
  }

  /** Spreads `cycles` evenly over an interval. */
  #spread(series: number, start: number, end: number, cycles: number): void {
    const from = (start - this.#from) / this.#width
    const to = (end - this.#from) / this.#width
    if (to <= 0 || from >= this.#count) return
    this.#isEmpty = false
    const first = Math.max(0, Math.floor(from))
    const last = Math.min(this.#count - 1, Math.ceil(to) - 1)
    const base = series * this.#count
    if (first === last && from >= 0) {
      this.#cycles[base + first] += cycles
      return
    }
    const density = cycles / (to - from)
    for (let c = first; c <= last; c++) {
      this.#cycles[base + c] += density * (Math.min(to, c + 1) - Math.max(from, c))
    }
  }

  /** Only the edges count: in between nothing else is. */
  take(start: number, end: number): void {
    const from = (start - this.#from) / this.#width
    const to = (end - this.#from) / this.#width
    const first = Math.floor(from)
    const last = Math.floor(to)
    if (first >= 0 && first < this.#count) this.#taken[first] += first + 1 - from
    if (last >= 0 && last < this.#count) this.#taken[last] += to - last
  }

  addSpan(row: TimelineRow, index: number): void {
    const { spans, labels } = row
    const start = spans.start[index]
    const end = start + spans.duration[index]
    if (end === start) return
    if (spans.parts === undefined) {
      this.#spread(labels[spans.label[index]].series, start, end, end - start)
      return
    }
    for (let s = 0; s < this.#series; s++) {
      const part = spans.parts[index * this.#series + s]
      if (part > 0) this.#spread(s, start, end, part)
    }
  }

  addBins({ width, count, cycles }: Bins): void {
    const first = Math.max(0, Math.floor(this.#from / width))
    const last = Math.min(count - 1, Math.ceil((this.#from + this.#count * this.#width) / width))
    for (const [s, column] of cycles.entries()) {
      for (let i = first; i <= last; i++) {
        if (column[i] > 0) this.#spread(s, i * width, (i + 1) * width, column[i])
      }
    }
  }

  /** Stacks the series from the bottom; equal neighbours become one rectangle. */
  paint(marks: readonly string[], top: number, height: number, painter: Painter): void {
    if (this.#isEmpty) return
    const { left, plot } = this.#layout
    const below = new Float64Array(this.#count)
    for (const [s, mark] of marks.entries()) {
      let runFrom = 0
      let runLow = 0
      let runHigh = 0
      for (let c = 0; c <= this.#count; c++) {
        let low = 0
        let high = 0
        if (c < this.#count) {
          const free = Math.max(leastFree, 1 - this.#taken[c])
          const share = this.#cycles[s * this.#count + c] / (this.#width * free)
          low = halves(below[c])
          below[c] = Math.min(height, below[c] + share * height)
          high = halves(below[c])
        }
        if (low === runLow && high === runHigh && c < this.#count) continue
        if (runHigh > runLow) {
          const width = Math.min(c, plot) - runFrom
          painter.rect(mark, left + runFrom, top + height - runHigh, width, runHigh - runLow)
        }
        runFrom = c
        runLow = low
        runHigh = high
      }
    }
  }
}

/** A column that is all but covered must not blow up what rounding leaves of it. */
const leastFree = 0.02

/** Heights are drawn in steps of half a pixel, so that neighbours can be equal. */
const halves = (pixels: number): number => Math.round(pixels * 2) / 2
