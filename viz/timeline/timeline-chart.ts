/** A timeline as a chart: a stretch of it, with a legend. What a page prints, and what a reader saves. */
import { legend } from "../legend.ts"
import { chart, type ChartFrame, element, emptyChart } from "../svg.ts"
import { type DrawableRow, drawTimeline, layoutOf, type View } from "./drawing.ts"
import { svgPainter } from "./svg-painter.ts"
import type { Timeline } from "./timeline.ts"

export const timelineChart = (
  frame: ChartFrame,
  timeline: Timeline,
  rows: readonly DrawableRow[],
  view: View,
): string => {
  if (timeline.cycles === 0 || rows.length === 0)
    return emptyChart(frame, "Nothing to draw: the run has no spans.")
  const key = legend(timeline.series, frame.width, 0)
  const layout = layoutOf(timeline, frame.width)
  const { painter, markup } = svgPainter()
  drawTimeline(timeline, rows, layout, view, painter)
  const top = key.height + 10
  return chart(
    frame,
    top + layout.height,
    key.markup,
    element("g", { transform: `translate(0 ${top})` }, markup()),
  )
}
