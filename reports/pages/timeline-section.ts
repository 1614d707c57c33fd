/** The run over its cycles: what every unit does when, from the whole step down to a tile. */
import type { Trace } from "../../sim/trace/trace.ts"
import { escapeHtml } from "../../viz/escape-html.ts"
import { cyclesText, percentText, wholeNumber } from "../../viz/number-format.ts"
import { drawableRow } from "../../viz/timeline/drawing.ts"
import { type EncodedTimeline, encodeTimeline, timelineJson } from "../../viz/timeline/encode-timeline.ts"
import { timelineChart } from "../../viz/timeline/timeline-chart.ts"
import { wholeView } from "../../viz/timeline/view.ts"
import { type Series, seriesGroups, type Timeline } from "../../viz/timeline/timeline.ts"
import type { Aggregate, WorkItem } from "../aggregate.ts"
import { type TraceRow, traceRows } from "../timeline.ts"
import { displayPath } from "./display-name.ts"
import { packedScript } from "./packed-script.ts"
import { section } from "./page.ts"
import { timelineOf } from "./timeline-rows.ts"

/** Characters that a timeline may take of a page. */
const budget = 2_200_000

/** Pixels of the drawing for paper; more would show more than paper needs and cost as much again. */
const stillWidth = 600

const id = "run-timeline"

/** What a page calls things. */
export interface TimelineWords {
  /** The heading. */
  readonly claim: string
  /** Spans of kind `layer`, many and one. */
  readonly layers: string
  readonly layer: string
  /** A sentence that says which table of the page has the same in numbers. */
  readonly twin: string
}

/** Empty where nothing has a length. */
export const timelineSection = (trace: Trace, run: Aggregate, words: TimelineWords): string => {
  const rows = traceRows(trace, run)
  if (rows.length === 0 || run.cycles === 0) return ""
  const timeline = timelineOf(trace, rows, words.layers)
  const encoded = encodeTimeline(timeline, budget)
  const caption = captionOf(timeline, encoded, rows, words)
  return section(
    id,
    words.claim,
    `One axis of cycles for all units. ${hasTiles(timeline) ? "Zoom in until single tiles show; search" : "Search"} goes to a ${words.layer} by name.`,
    figureOf(timeline, encoded, caption),
  )
}

const leaves = (run: Aggregate): readonly WorkItem[] =>
  run.items.filter(({ duration, cycles }) => cycles > 0 && cycles === duration)

const nameOf = ({ pass, layer, stage }: WorkItem): string => displayPath(layer || pass, stage) || "The run"

/** The heading for a run of layers. */
export const longestStageClaim = (run: Aggregate): string => {
  const longest = leaves(run).toSorted((a, b) => b.cycles - a.cycles || a.start - b.start)[0]
  return longest === undefined
    ? "The run over its cycles"
    : `The longest stretch is ${nameOf(longest)}: ${cyclesText(longest.cycles)}, ${percentText(longest.cycles / run.cycles)} of the run`
}

const captionOf = (
  timeline: Timeline,
  encoded: EncodedTimeline,
  rows: readonly TraceRow[],
  words: TimelineWords,
): string => {
  const total = encoded.rows.reduce((sum, row) => sum + row.total, 0)
  const kept = encoded.rows.reduce((sum, row) => sum + row.kept, 0)
  const hidden = rows.reduce((sum, row) => sum + row.hidden, 0)
  return [
    `Passes, ${words.layers.toLowerCase()} and stages are blocks. A unit’s row is filled from below: busy cycles first, then stalls by cause, so its height is always the whole stage.`,
    hasTiles(timeline)
      ? "Rows of tiles stand below their unit; where tiles are narrower than a pixel, a column is filled to the share of it that they cover."
      : "",
    kept < total
      ? `The page carries the ${wholeNumber(kept)} longest of ${wholeNumber(total)} spans; the cycles of the others are in the columns, ${wholeNumber(binWidth(encoded))} cycles wide at the finest.`
      : "",
    words.twin,
    hidden > 0 ? `${wholeNumber(hidden)} spans that overlap more than eight deep are not drawn.` : "",
  ]
    .filter(Boolean)
    .join(" ")
}

const hasTiles = ({ rows }: Timeline): boolean => rows.some(({ level }) => level === "tile")

const binWidth = (encoded: EncodedTimeline): number =>
  Math.max(...encoded.rows.map(({ bins }) => bins?.width ?? 0))

const swatch = ({ name, mark }: Series): string =>
  `<span><svg width="12" height="12" aria-hidden="true"><rect class="${escapeHtml(mark)}" width="12" height="12" rx="3"/></svg><bdi>${escapeHtml(name)}</bdi></span>`

const figureOf = (timeline: Timeline, encoded: EncodedTimeline, caption: string): string => {
  const rows = timeline.rows.map((row) => drawableRow(timeline, row))
  const still = timelineChart(
    { id: `${id}-still`, title: "Timeline of the run", description: caption, width: stillWidth },
    timeline,
    rows,
    wholeView(timeline.cycles),
  )
  const key = seriesGroups(timeline)
    .map(([group, series]) => `<dt>${escapeHtml(group)}</dt><dd>${series.map(swatch).join("")}</dd>`)
    .join("")
  const button = (action: string, name: string, text: string): string =>
    `<button type="button" class="button" data-command="${action}" aria-label="${name}" title="${name}">${text}</button>`
  return `<figure class="timeline" data-timeline>
<div class="bar js-only timeline-bar">${button("out", "Zoom out (−)", "−")}${button("in", "Zoom in (+)", "+")}${button("whole", "The whole run (0)", "Whole run")}<span class="timeline-search"><input type="search" aria-label="Search spans by name" placeholder="Search by name" maxlength="200" autocomplete="off" spellcheck="false">${button("previous", "Previous hit", "‹")}${button("next", "Next hit", "›")}<output></output></span></div>
<dl class="key js-only">${key}</dl>
<div class="frame" id="${id}" role="group" aria-label="Timeline of the run">
<div class="timeline-still">${still}</div>
</div>
<p class="timeline-detail js-only" aria-live="polite">Choose a span, by a click or by arrow keys, and read it here.</p>
<figcaption>${escapeHtml(caption)}<span class="timeline-keys js-only" id="${id}-keys">Drag or swipe to move; Ctrl and wheel, or pinch, to zoom. Keys: arrows choose a span, + and − zoom, Enter frames what is chosen, Shift and arrows move, 0 shows all, / searches.</span></figcaption>
<div class="tools"><span class="bar js-only"><button type="button" class="button" data-command="svg">Save SVG</button><button type="button" class="button" data-command="png">Save PNG</button><button type="button" class="button" data-command="csv">Copy spans in view as CSV</button></span></div>
${packedScript(`${id}-data`, timelineJson(encoded))}
</figure>`
}
