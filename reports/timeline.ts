/** When everything happened: the spans of a trace as rows over one axis, and what every unit did meanwhile. */
import type { Trace } from "../sim/trace/trace.ts"
import { spanKinds } from "../sim/trace/vocabulary.ts"
import type { Aggregate } from "./aggregate.ts"

/** Spans by start, none overlapping the next. */
export interface TraceRow {
  /** Index into `manifest.tracks`. */
  readonly track: number
  /** 0 for the first row of a track and kind; further ones hold the spans that overlap. */
  readonly lane: number
  /** Kind of the spans; `account` where a row splits the cycles of stages by cause. */
  readonly kind: string
  /** Span ids. */
  readonly spans: Int32Array
  /** Span that says what each is called: in an account the unit's own one, where there is one. */
  readonly called: Int32Array
  /** Accounts only: busy first, then causes of stalls, largest first. */
  readonly causes: readonly string[]
  /** Accounts only: cycles of span i and cause c at i × causes + c; they sum to the span. */
  readonly parts: Float64Array
  /** In the first lane: spans that overlap deeper than there are lanes, and are in none. */
  readonly hidden: number
}

/** Spans of one kind that overlap get a row each, up to this many rows. */
const mostLanes = 8

/** Every row: the schedule from outside in, then unit by unit its account and what is finer. */
export const traceRows = (trace: Trace, run: Aggregate): readonly TraceRow[] => {
  const kinds = kindCodes(trace)
  return trace.manifest.tracks.flatMap((track, index) => {
    const accounts = track.exclusive ? accountRows(trace, run, index) : []
    const accounted = new Set(accounts.flatMap(({ called }) => [...called]))
    const blocksOf = (isOutside: (kind: string) => boolean): readonly TraceRow[] =>
      kinds.flatMap(({ kind, code }) => {
        if (!isOutside(kind)) return []
        const ids = spansOf(trace, index, code)
        const isRoot = kind === "run" && ids.length === 1
        // An account says all that its unit's own spans say.
        const isShown = !isRoot && !ids.every((id) => accounted.has(id))
        return isShown ? blockRows(trace, index, kind, ids) : []
      })
    return [...blocksOf(isAroundUnits), ...accounts, ...blocksOf((kind) => !isAroundUnits(kind))]
  })
}

const isAroundUnits = (kind: string): boolean => ["run", "pass", "layer", "stage"].includes(kind)

/** Kinds in the order of nesting; ones that the vocabulary does not have come last. */
const kindCodes = ({
  strings,
  spans,
}: Trace): readonly { readonly kind: string; readonly code: number }[] => {
  const rank = (kind: string): number => {
    const at = (spanKinds as readonly string[]).indexOf(kind)
    return at < 0 ? spanKinds.length : at
  }
  const found = new Set<number>()
  for (let i = 0; i < spans.length; i++) found.add(spans.kind[i])
  return [...found]
    .map((code) => ({ kind: strings[code], code }))
    .toSorted((a, b) => rank(a.kind) - rank(b.kind) || a.code - b.code)
}

const spansOf = ({ spans }: Trace, track: number, kind: number): Int32Array => {
  const isOne = (i: number): boolean => spans.track[i] === track && spans.kind[i] === kind
  let count = 0
  for (let i = 0; i < spans.length; i++) if (isOne(i)) count += 1
  const ids = new Int32Array(count)
  let isSorted = true
  for (let i = 0, at = 0; at < count; i++) {
    if (!isOne(i)) continue
    if (at > 0 && spans.start[ids[at - 1]] > spans.start[i]) isSorted = false
    ids[at++] = i
  }
  return isSorted ? ids : ids.sort((a, b) => spans.start[a] - spans.start[b] || a - b)
}

/** Places in `ids`, lane by lane, such that no two spans of a lane overlap; and how many spans are in none. */
const lanesOf = (
  { spans }: Trace,
  ids: Int32Array,
): { readonly lanes: readonly Int32Array[]; readonly hidden: number } => {
  const ends: number[] = []
  const laneOf = new Int8Array(ids.length)
  let hidden = 0
  for (const [at, id] of ids.entries()) {
    const start = spans.start[id]
    let lane = ends.findIndex((end) => end <= start)
    if (lane < 0) lane = ends.length
    if (lane < mostLanes) ends[lane] = start + spans.duration[id]
    else hidden += 1
    laneOf[at] = lane < mostLanes ? lane : -1
  }
  const places = Int32Array.from(ids, (_, at) => at)
  return { lanes: ends.map((_, lane) => places.filter((at) => laneOf[at] === lane)), hidden }
}

const blockRows = (trace: Trace, track: number, kind: string, ids: Int32Array): readonly TraceRow[] => {
  const { lanes, hidden } = lanesOf(trace, ids)
  return lanes.map((places, lane) => {
    const spans = places.map((at) => ids[at])
    const parts = new Float64Array(0)
    return { track, lane, kind, spans, called: spans, causes: [], parts, hidden: lane === 0 ? hidden : 0 }
  })
}

/** Busy and stalled cycles of a unit, stage by stage; nothing where the trace does not account for it. */
const accountRows = (trace: Trace, run: Aggregate, track: number): readonly TraceRow[] => {
  const component = `time.${trace.manifest.tracks[track].id}`
  const sums = run.columns.flatMap((column, c) =>
    column.component === component
      ? [{ c, cause: column.action, cycles: run.items.reduce((sum, { counts }) => sum + counts[c], 0) }]
      : [],
  )
  const order = (cause: string): number => (cause === "busy" ? 0 : 1)
  const columns = sums
    .filter(({ cycles }) => cycles > 0)
    .toSorted((a, b) => order(a.cause) - order(b.cause) || b.cycles - a.cycles)
  const items = run.items
    .filter(({ counts, duration }) => duration > 0 && columns.some(({ c }) => counts[c] > 0))
    .toSorted((a, b) => a.start - b.start)
  const own = unitSpans(trace, track)
  const causes = columns.map(({ cause }) => cause.replace(/^stall\./, ""))
  const ids = Int32Array.from(items, ({ span }) => span)
  const { lanes, hidden } = lanesOf(trace, ids)
  return lanes.map((places, lane) => {
    const shown = [...places].map((at) => items[at])
    return {
      track,
      lane,
      kind: "account",
      spans: places.map((at) => ids[at]),
      called: Int32Array.from(shown, ({ span }) => own.get(span) ?? span),
      causes,
      parts: Float64Array.from(shown.flatMap(({ counts }) => columns.map(({ c }) => counts[c]))),
      hidden: lane === 0 ? hidden : 0,
    }
  })
}

/** The spans of kind `unit` on a track that take all the time of what is around them, by the span around them. */
const unitSpans = ({ spans, strings }: Trace, track: number): ReadonlyMap<number, number> => {
  const unit = strings.indexOf("unit")
  const found = new Map<number, number>()
  for (let i = 0; i < spans.length; i++) {
    const parent = spans.parent[i]
    if (spans.track[i] !== track || spans.kind[i] !== unit || parent < 0) continue
    if (spans.duration[i] === spans.duration[parent]) found.set(parent, i)
  }
  return found
}
