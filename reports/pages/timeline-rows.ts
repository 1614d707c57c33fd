/** Rows of a trace as rows of a chart: names to show, and colours. */
import type { Trace } from "../../sim/trace/trace.ts"
import { binsOf } from "../../viz/timeline/bins.ts"
import { mostBins, mostSpansWithoutBins } from "../../viz/timeline/encode-timeline.ts"
import type { Series, SpanLabel, Timeline, TimelineRow } from "../../viz/timeline/timeline.ts"
import type { TraceRow } from "../timeline.ts"
import { displayName } from "./display-name.ts"
import { inStageOrder, marksOfCauses, marksOfStages, marksOfTiles } from "./marks.ts"

/** Names in a row beyond which they share a colour. */
const mostColours = 6

/** The series of a timeline, found by what they stand for. */
class SeriesList {
  readonly all: Series[] = []
  readonly #places = new Map<string, number>()

  add(group: string, name: string, mark: string): number {
    const key = `${group} ${name}`
    const known = this.#places.get(key)
    if (known !== undefined) return known
    const place = this.all.push({ group, name, mark }) - 1
    this.#places.set(key, place)
    return place
  }
}

/** `layers` is what spans of kind `layer` are called. */
export const timelineOf = (trace: Trace, rows: readonly TraceRow[], layers: string): Timeline => {
  const { manifest } = trace
  const list = new SeriesList()
  const causeMarks = marksOfCauses(rows.flatMap(({ causes }) => causes))
  const made = rows.map((row) => ({
    row,
    blocks: row.kind === "account" ? undefined : blockSeries(trace, row, list),
  }))
  const charted = made.map(({ row, blocks }): TimelineRow => {
    const series =
      blocks?.series ??
      row.causes.map((cause) => list.add("Units", displayName(cause), causeMarks.get(cause) ?? "c6"))
    const { labels, label } = labelsOf(trace, row, blocks?.seriesOfName ?? (() => 0))
    const start = pick(trace.spans.start, row.spans)
    const duration = pick(trace.spans.duration, row.spans)
    const spans = {
      length: row.spans.length,
      start,
      duration,
      label,
      ...(blocks === undefined ? { parts: row.parts } : {}),
    }
    return {
      title: titleOf(trace, row, rows, layers),
      level: row.kind === "account" ? "unit" : row.kind,
      kind: row.kind === "account" ? "account" : "block",
      series,
      labels,
      spans,
      total: spans.length,
      ...(spans.length > mostSpansWithoutBins
        ? {
            bins: binsOf(
              spans,
              manifest.totals.cycles,
              series.length,
              labels.map((one) => one.series),
              mostBins(spans.length),
            ),
          }
        : {}),
    }
  })
  return { cycles: manifest.totals.cycles, clockHertz: manifest.clockHertz, series: list.all, rows: charted }
}

const pick = (column: Float64Array, ids: Int32Array): Float64Array =>
  Float64Array.from(ids, (id) => column[id])

const plural: Readonly<Record<string, string>> = {
  run: "Runs",
  pass: "Passes",
  stage: "Stages",
  unit: "work",
  tile: "tiles",
}

/** The schedule's rows are called after what they hold, a unit's after the unit. */
const titleOf = (
  { manifest }: Trace,
  { track, kind, lane, causes }: TraceRow,
  rows: readonly TraceRow[],
  layers: string,
): string => {
  const name = displayName(manifest.tracks[track].name)
  const isOutside = ["run", "pass", "layer", "stage"].includes(kind)
  const isAlone = !rows.some((other) => other.kind === kind && other.track !== track)
  const words = kind === "layer" ? layers : displayName(plural[kind] ?? kind)
  const title = causes.length > 0 ? name : isOutside && isAlone ? words : `${name}: ${words.toLowerCase()}`
  return lane === 0 ? title : `${title} (${lane + 1})`
}

interface BlockSeries {
  readonly series: readonly number[]
  /** By code of the name, the index into `series`. */
  readonly seriesOfName: (code: number) => number
}

/** Stages and tiles are coloured by name; what is around them only frames them. */
const blockSeries = (trace: Trace, row: TraceRow, list: SeriesList): BlockSeries => {
  const { strings, spans } = trace
  if (row.kind !== "stage" && row.kind !== "tile") {
    const mark = row.kind === "unit" ? "c6" : "idle"
    return {
      series: [list.add("Blocks", row.kind === "unit" ? "work" : "pass, layer", mark)],
      seriesOfName: () => 0,
    }
  }
  const codes = new Set<number>()
  for (const id of row.called) codes.add(spans.name[id])
  // "wave 1" and "wave 2" are the same kind of thing.
  const groupOf = (code: number): string => strings[code].replace(/[\s#._-]*\d+$/, "") || row.kind
  const groups = new Set<string>()
  for (const code of codes) if (groups.size <= mostColours) groups.add(groupOf(code))
  const names = groups.size > mostColours ? [row.kind] : inStageOrder([...groups])
  const marks = row.kind === "stage" ? marksOfStages(names) : marksOfTiles(names)
  const group = row.kind === "stage" ? "Blocks" : "Tiles"
  return {
    series: names.map((name) => list.add(group, displayName(name), marks.get(name) ?? "c6")),
    seriesOfName: (code) => Math.max(0, names.indexOf(groupOf(code))),
  }
}

/** Distinct names with what bounds them, and which of them each span has. */
const labelsOf = (
  { spans, strings }: Trace,
  row: TraceRow,
  seriesOfName: (code: number) => number,
): { readonly labels: readonly SpanLabel[]; readonly label: Int32Array } => {
  const places = new Map<number, number>()
  const labels: SpanLabel[] = []
  const label = Int32Array.from(row.called, (id) => {
    const key = spans.name[id] * strings.length + spans.bound[id]
    let place = places.get(key)
    if (place === undefined) {
      const name = displayName(strings[spans.name[id]])
      place =
        labels.push({
          name,
          series: seriesOfName(spans.name[id]),
          note: shownNote(strings[spans.bound[id]]),
        }) - 1
      places.set(key, place)
    }
    return place
  })
  return { labels, label }
}

const shownNote = (bound: string | undefined): string =>
  bound === undefined || bound === "" ? "" : displayName(bound)
