/** The timeline that a page carries, back in typed arrays. */
import type { EncodedRow, EncodedTimeline } from "./encode-timeline.ts"
import { unpackIntegers } from "./packed-integers.ts"
import type { SpanList, Timeline, TimelineRow } from "./timeline.ts"

const spansOf = (row: EncodedRow): SpanList => {
  const start = unpackIntegers(row.gaps)
  const duration = unpackIntegers(row.durations)
  let end = 0
  for (let i = 0; i < start.length; i++) {
    start[i] += end
    end = start[i] + duration[i]
  }
  const spans = { length: start.length, start, duration, label: Int32Array.from(unpackIntegers(row.label)) }
  if (row.parts === undefined) return spans
  const n = row.parts.length
  const parts = new Float64Array(start.length * n)
  for (const [s, text] of row.parts.entries()) {
    const column = unpackIntegers(text)
    for (let i = 0; i < column.length; i++) parts[i * n + s] = column[i]
  }
  return { ...spans, parts }
}

const decodeRow = ({ bins, ...row }: EncodedRow): TimelineRow => ({
  title: row.title,
  level: row.level,
  kind: row.kind,
  series: row.series,
  labels: row.labels.map(([name, series, note]) => ({ name, series, note })),
  spans: spansOf(row),
  total: row.total,
  ...(bins === undefined
    ? {}
    : { bins: { width: bins.width, count: bins.count, cycles: bins.cycles.map(unpackIntegers) } }),
})

export const decodeTimeline = (encoded: EncodedTimeline): Timeline => ({
  ...encoded,
  rows: encoded.rows.map(decodeRow),
})
