/**
 * A timeline as JSON inside a page: every span where they fit, the longest where they do not. The cycles of spans that are
 * left out stay in the bins of their row.
 */
import { binsOf } from "./bins.ts"
import { packIntegers } from "./packed-integers.ts"
import type { Series, SpanList, Timeline, TimelineRow } from "./timeline.ts"

export interface EncodedRow {
  readonly title: string
  readonly level: string
  readonly kind: "block" | "account"
  readonly series: readonly number[]
  /** Name, series and note of each label. */
  readonly labels: readonly (readonly [string, number, string])[]
  readonly total: number
  /** Spans that follow, of `total`. */
  readonly kept: number
  /** Cycles between the end of a span and the start of the next, packed; the others likewise. */
  readonly gaps: string
  readonly durations: string
  readonly label: string
  /** One column a series. */
  readonly parts?: readonly string[]
  readonly bins?: { readonly width: number; readonly count: number; readonly cycles: readonly string[] }
}

export interface EncodedTimeline {
  readonly cycles: number
  readonly clockHertz: number
  readonly series: readonly Series[]
  readonly rows: readonly EncodedRow[]
}

/** Rows with more spans than this are drawn from bins when seen from afar. */
export const mostSpansWithoutBins = 4096

/**
 * Bins of a row of `total` spans: at least as many as a wide screen has pixels, and so many that where they become wider than
 * a pixel no more spans are in view than a frame has time for.
 */
export const mostBins = (total: number): number => (total > 200_000 ? 16_384 : 4096)

/** The spans of a row that `isKept` marks, and the labels that they use. */
const keptOf = (row: TimelineRow, isKept: Uint8Array): Pick<TimelineRow, "spans" | "labels"> => {
  const { spans } = row
  const kept: number[] = []
  for (let i = 0; i < spans.length; i++) if (isKept[i] === 1) kept.push(i)
  if (kept.length === spans.length) return row
  const places = new Map<number, number>()
  const label = Int32Array.from(kept, (i) => {
    const place = places.get(spans.label[i]) ?? places.size
    places.set(spans.label[i], place)
    return place
  })
  const n = row.series.length
  const { parts } = spans
  return {
    labels: [...places.keys()].map((place) => row.labels[place]),
    spans: {
      length: kept.length,
      start: Float64Array.from(kept, (i) => spans.start[i]),
      duration: Float64Array.from(kept, (i) => spans.duration[i]),
      label,
      ...(parts === undefined
        ? {}
        : {
            parts: Float64Array.from(
              { length: kept.length * n },
              (_, k) => parts[kept[Math.floor(k / n)] * n + (k % n)],
            ),
          }),
    },
  }
}

const gapsOf = ({ length, start, duration }: SpanList): Float64Array => {
  const gaps = new Float64Array(length)
  let end = 0
  for (let i = 0; i < length; i++) {
    gaps[i] = start[i] - end
    end = start[i] + duration[i]
  }
  return gaps
}

const encodeRow = (row: TimelineRow, axis: number, isKept: Uint8Array): EncodedRow => {
  const { spans, labels } = keptOf(row, isKept)
  const n = row.series.length
  const { parts } = spans
  const hasBins = row.total > mostSpansWithoutBins || spans.length < row.total
  const bins = hasBins
    ? (row.bins ??
      binsOf(
        row.spans,
        axis,
        n,
        row.labels.map(({ series }) => series),
        mostBins(row.total),
      ))
    : undefined
  return {
    title: row.title,
    level: row.level,
    kind: row.kind,
    series: row.series,
    labels: labels.map(({ name, series, note }) => [name, series, note]),
    total: row.total,
    kept: spans.length,
    gaps: packIntegers(gapsOf(spans)),
    durations: packIntegers(spans.duration),
    label: packIntegers(spans.label),
    ...(parts === undefined
      ? {}
      : {
          parts: row.series.map((_, s) =>
            packIntegers(Float64Array.from({ length: spans.length }, (__, i) => parts[i * n + s])),
          ),
        }),
    ...(bins === undefined
      ? {}
      : { bins: { width: bins.width, count: bins.count, cycles: bins.cycles.map(packIntegers) } }),
  }
}

/** Row and place of every span, longest first; of equal ones the earlier row and span. */
const byLength = (rows: readonly TimelineRow[]): { readonly row: Int32Array; readonly span: Int32Array } => {
  const count = rows.reduce((sum, { spans }) => sum + spans.length, 0)
  const row = new Int32Array(count)
  const span = new Int32Array(count)
  const duration = new Float64Array(count)
  let at = 0
  for (const [r, { spans }] of rows.entries()) {
    for (let i = 0; i < spans.length; i++, at++) {
      row[at] = r
      span[at] = i
      duration[at] = spans.duration[i]
    }
  }
  const order = Int32Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => duration[b] - duration[a] || a - b,
  )
  return { row: order.map((i) => row[i]), span: order.map((i) => span[i]) }
}

const sizeOf = (encoded: EncodedTimeline): number => timelineJson(encoded).length

/** The timeline in at most about `budget` characters of JSON; what its bins and rows take is the least. */
export const encodeTimeline = (timeline: Timeline, budget: number): EncodedTimeline => {
  const { cycles, clockHertz, series, rows } = timeline
  const encode = (isKept: readonly Uint8Array[]): EncodedTimeline => ({
    cycles,
    clockHertz,
    series,
    rows: rows.map((row, r) => encodeRow(row, cycles, isKept[r])),
  })
  let encoded = encode(rows.map(({ spans }) => new Uint8Array(spans.length).fill(1)))
  let size = sizeOf(encoded)
  if (size <= budget) return encoded
  const order = byLength(rows)
  let keep = order.span.length
  while (size > budget && keep > 0) {
    keep = Math.floor(keep * Math.min(0.9, budget / size))
    const isKept = rows.map(({ spans }) => new Uint8Array(spans.length))
    for (let i = 0; i < keep; i++) isKept[order.row[i]][order.span[i]] = 1
    encoded = encode(isKept)
    size = sizeOf(encoded)
  }
  return encoded
}

/** As a page holds it, before it is packed. */
export const timelineJson = (encoded: EncodedTimeline): string => JSON.stringify(encoded)
