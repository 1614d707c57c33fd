/** A timeline as a chart: a stretch of it, with a legend. What a page prints, and what a reader saves. */
import { legend } from "../legend.ts"
import { chart, type ChartFrame, element, emptyChart, label } from "../svg.ts"
import { type DrawableRow, drawTimeline } from "./drawing.ts"
import { layoutOf, type View } from "./layout.ts"
import { svgPainter } from "./svg-painter.ts"
import { seriesGroups, type Timeline } from "./timeline.ts"

/** Room for the heading of a line of the legend. */
const groupWidth = 64

export const timelineChart = (
  frame: ChartFrame,
  timeline: Timeline,
  rows: readonly DrawableRow[],
  view: View,
): string => {
  if (timeline.cycles === 0 || rows.length === 0)
    return emptyChart(frame, "Nothing to draw: the run has no spans.")
  let top = 0
  const key = seriesGroups(timeline).map(([group, series]) => {
    const part = legend(series, frame.width - groupWidth, top)
    const heading = label(group, { class: "legend", x: 0, y: top + 12.5 })
    top += part.height
    return heading + element("g", { transform: `translate(${groupWidth} 0)` }, part.markup)
  })
  top += 10
  const layout = layoutOf(timeline, frame.width)
  const { painter, markup } = svgPainter()
  drawTimeline(timeline, rows, layout, view, painter)
  return chart(
    frame,
    top + layout.height,
    ...key,
    element("g", { transform: `translate(0 ${top})` }, markup()),
  )
}
