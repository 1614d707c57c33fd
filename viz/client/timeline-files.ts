/** What is seen of a timeline, as an SVG file and as CSV. */
import type { DrawableRow } from "../timeline/drawing.ts"
import type { View } from "../timeline/layout.ts"
import { pathOf } from "../timeline/span-text.ts"
import { timelineChart } from "../timeline/timeline-chart.ts"
import { firstEndingAfter, firstStartingFrom, type Timeline } from "../timeline/timeline.ts"
import { copyFrom, csvText } from "./copy-csv.ts"
import { saveSvg } from "./save-svg.ts"

/** Drawn anew as SVG, at the width that it is seen at. */
export const saveView = (
  frame: HTMLElement,
  timeline: Timeline,
  rows: readonly DrawableRow[],
  view: View,
): void => {
  const holder = document.createElement("div")
  holder.className = "timeline-copy"
  const { clientWidth: width } = frame
  holder.innerHTML = timelineChart(
    {
      id: `${frame.id}-saved`,
      title: frame.getAttribute("aria-label") ?? "Timeline",
      description: `Cycles ${Math.floor(view.from)} to ${Math.ceil(view.to)}`,
      width,
    },
    timeline,
    rows,
    view,
  )
  frame.append(holder)
  const svg = holder.querySelector("svg")
  if (svg !== null) saveSvg(svg, frame.id)
  holder.remove()
}

/** A clipboard is no place for a million rows. */
const mostRows = 50_000

/** Every span in view: row, path, cycles, and cycles of each series. */
export const copyView = (button: HTMLButtonElement, timeline: Timeline, view: View): void => {
  const lines = [
    ["row", "span", "start cycle", "cycles", ...timeline.series.map(({ name }) => csvText(name))].join(","),
  ]
  for (const [row, { spans, series, title }] of timeline.rows.entries()) {
    const last = firstStartingFrom(spans, view.to)
    for (let i = firstEndingAfter(spans, view.from); i < last && lines.length <= mostRows; i++) {
      const cells = timeline.series.map(() => "")
      if (spans.parts !== undefined) {
        for (const [s, place] of series.entries()) cells[place] = String(spans.parts[i * series.length + s])
      }
      lines.push(
        [
          csvText(title),
          csvText(pathOf(timeline, row, i).names.join(" / ")),
          spans.start[i],
          spans.duration[i],
          ...cells,
        ].join(","),
      )
    }
  }
  copyFrom(button, lines.join("\n"))
}
