/** Builds a trace row by row. Engines hold one of these and nothing else of the trace. */
import type { Manifest, Track } from "./manifest.ts"
import type { CounterColumns, SpanColumns, Trace } from "./trace.ts"

/** Takes finished chunks of rows; the store writes them to disk so that memory stays bounded. Must not keep the arrays. */
export interface RowSink {
  readonly writeSpans: (rows: SpanColumns, firstId: number, strings: readonly string[]) => void
  readonly writeCounters: (rows: CounterColumns, strings: readonly string[]) => void
  /** Sets duration and bound of a span that was written while still open; returns the span's start. */
  readonly amendSpan: (id: number, duration: number, bound: number) => number
}

/** All of the manifest that is known before the first row; the builder adds tracks and totals. */
export type ManifestHead = Omit<Manifest, "tracks" | "totals">

const initialRows = 1024

/** Growable struct of arrays for spans; a method-free record so that the hot path stays monomorphic. */
class SpanStore {
  length = 0
  parent = new Int32Array(initialRows)
  track = new Int32Array(initialRows)
  kind = new Int32Array(initialRows)
  name = new Int32Array(initialRows)
  bound = new Int32Array(initialRows)
  start = new Float64Array(initialRows)
  duration = new Float64Array(initialRows)

  grow(): void {
    const rows = this.parent.length * 2
    this.parent = widen(this.parent, new Int32Array(rows))
    this.track = widen(this.track, new Int32Array(rows))
    this.kind = widen(this.kind, new Int32Array(rows))
    this.name = widen(this.name, new Int32Array(rows))
    this.bound = widen(this.bound, new Int32Array(rows))
    this.start = widen(this.start, new Float64Array(rows))
    this.duration = widen(this.duration, new Float64Array(rows))
  }

  view(): SpanColumns {
    const n = this.length
    return {
      length: n,
      parent: this.parent.subarray(0, n),
      track: this.track.subarray(0, n),
      kind: this.kind.subarray(0, n),
      name: this.name.subarray(0, n),
      bound: this.bound.subarray(0, n),
      start: this.start.subarray(0, n),
      duration: this.duration.subarray(0, n),
    }
  }
}

class CounterStore {
  length = 0
  span = new Int32Array(initialRows)
  component = new Int32Array(initialRows)
  action = new Int32Array(initialRows)
  count = new Float64Array(initialRows)

  grow(): void {
    const rows = this.span.length * 2
    this.span = widen(this.span, new Int32Array(rows))
    this.component = widen(this.component, new Int32Array(rows))
    this.action = widen(this.action, new Int32Array(rows))
    this.count = widen(this.count, new Float64Array(rows))
  }

  view(): CounterColumns {
    const n = this.length
    return {
      length: n,
      span: this.span.subarray(0, n),
      component: this.component.subarray(0, n),
      action: this.action.subarray(0, n),
      count: this.count.subarray(0, n),
    }
  }
}

const widen = <A extends Int32Array | Float64Array>(from: A, to: A): A => {
  to.set(from)
  return to
}

/**
 * State of a trace under construction.
 *
 * A span may be added with duration 0 before its extent is known and closed later with `closeSpan`. With a sink, rows leave
 * memory in chunks; a span that is closed after its row has left is amended by the sink, so only long-lived spans (the
 * run, a layer) should be left open.
 */
export class TraceBuilder {
  readonly #spans = new SpanStore()
  readonly #counters = new CounterStore()
  readonly #strings: string[] = [""]
  readonly #codes = new Map<string, number>([["", 0]])
  readonly #tracks: Track[] = []
  readonly #sink: RowSink | undefined
  readonly #chunkRows: number
  #flushedSpans = 0
  #flushedCounters = 0
  #lastCycle = 0

  constructor(options: { readonly sink?: RowSink; readonly chunkRows?: number } = {}) {
    this.#sink = options.sink
    this.#chunkRows = options.chunkRows ?? 1 << 18
  }

  /** Code of a string; look codes up once, outside the loop that uses them. */
  code(text: string): number {
    const known = this.#codes.get(text)
    if (known !== undefined) return known
    const code = this.#strings.length
    this.#strings.push(text)
    this.#codes.set(text, code)
    return code
  }

  /** Declares a track; the result goes into `span`. */
  track(track: Track): number {
    return this.#tracks.push(track) - 1
  }

  /** Adds a span whose extent is known. All but the last two are codes; returns the span's id. */
  span(
    parent: number,
    track: number,
    kind: number,
    name: number,
    bound: number,
    start: number,
    duration: number,
  ): number {
    const s = this.#spans
    if (s.length === s.parent.length) s.grow()
    const row = s.length++
    s.parent[row] = parent
    s.track[row] = track
    s.kind[row] = kind
    s.name[row] = name
    s.bound[row] = bound
    s.start[row] = start
    s.duration[row] = duration
    const end = start + duration
    if (end > this.#lastCycle) this.#lastCycle = end
    const id = this.#flushedSpans + row
    if (this.#sink !== undefined && s.length > this.#chunkRows) this.#flushSpans()
    return id
  }

  /** Sets the duration and bound of a span that was added with duration 0. */
  closeSpan(id: number, duration: number, bound: number): void {
    const row = id - this.#flushedSpans
    let start = 0
    if (row < 0) {
      if (this.#sink !== undefined) start = this.#sink.amendSpan(id, duration, bound)
    } else {
      this.#spans.duration[row] = duration
      this.#spans.bound[row] = bound
      start = this.#spans.start[row]
    }
    const end = start + duration
    if (end > this.#lastCycle) this.#lastCycle = end
  }

  /** Adds a count to a span. `component` and `action` are codes; a count of zero is not stored. */
  count(span: number, component: number, action: number, count: number): void {
    if (count === 0) return
    const c = this.#counters
    if (c.length === c.span.length) c.grow()
    const row = c.length++
    c.span[row] = span
    c.component[row] = component
    c.action[row] = action
    c.count[row] = count
    if (this.#sink !== undefined && c.length > this.#chunkRows) this.#flushCounters()
  }

  /** Cycles from 0 to the end of the last span. */
  get lastCycle(): number {
    return this.#lastCycle
  }

  /** True when rows have left memory: then `finish` holds only what was not yet written. */
  get flushed(): boolean {
    return this.#flushedSpans > 0 || this.#flushedCounters > 0
  }

  /** Ends the trace. The arrays are views; the builder must not be used afterwards. */
  finish(head: ManifestHead): Trace {
    const totals = {
      cycles: this.#lastCycle,
      spans: this.#flushedSpans + this.#spans.length,
      counters: this.#flushedCounters + this.#counters.length,
    }
    return {
      manifest: { ...head, tracks: this.#tracks, totals },
      strings: this.#strings,
      spans: this.#spans.view(),
      counters: this.#counters.view(),
    }
  }

  /** Writes the first half of the rows: the spans still open are most likely in the second. */
  #flushSpans(): void {
    const s = this.#spans
    const out = s.length >> 1
    const view = s.view()
    this.#sink?.writeSpans(sliceSpans(view, 0, out), this.#flushedSpans, this.#strings)
    for (const column of [s.parent, s.track, s.kind, s.name, s.bound, s.start, s.duration]) {
      column.copyWithin(0, out, s.length)
    }
    s.length -= out
    this.#flushedSpans += out
  }

  #flushCounters(): void {
    this.#sink?.writeCounters(this.#counters.view(), this.#strings)
    this.#flushedCounters += this.#counters.length
    this.#counters.length = 0
  }
}

const sliceSpans = (rows: SpanColumns, from: number, to: number): SpanColumns => ({
  length: to - from,
  parent: rows.parent.subarray(from, to),
  track: rows.track.subarray(from, to),
  kind: rows.kind.subarray(from, to),
  name: rows.name.subarray(from, to),
  bound: rows.bound.subarray(from, to),
  start: rows.start.subarray(from, to),
  duration: rows.duration.subarray(from, to),
})
