/**
 * Draws a stretch of a timeline, on anything that can paint a rectangle, a line and a text. Spans that are wide enough are
 * drawn one by one; narrower ones are summed into columns of a pixel, each filled to the share that is covered. So a frame
 * costs pixels and what is visible, and bins take over where more spans are visible than pixels.
 */
import { onFill } from "../on-fill.ts"
import { boldWidth, shorten } from "../text-width.ts"
import { type Bins, binsOf, difference, pyramid } from "./bins.ts"
import { Columns } from "./columns.ts"
import { type Layout, type View, xOf } from "./layout.ts"
import type { Painter } from "./painter.ts"
import { cyclesTick, tickStep, timeTick } from "./tick-text.ts"
import { endOf, firstEndingAfter, firstStartingFrom, type Timeline, type TimelineRow } from "./timeline.ts"

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

/** Pixels from one tick to the next, at least. */
const leastTickRoom = 100

const drawAxis = (timeline: Timeline, layout: Layout, view: View, painter: Painter): void => {
  const stepOf = (room: number): number =>
    tickStep(view.to - view.from, Math.max(2, Math.floor(layout.plot / room)))
  // Far into a long run and close up, a tick's time has many digits.
  const roughly = stepOf(leastTickRoom)
  const digits = boldWidth(timeTick(view.to, roughly, timeline.clockHertz), fontSize)
  const step = stepOf(Math.max(leastTickRoom, digits + 12))
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
