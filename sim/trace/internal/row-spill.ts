/** The rows of a trace that have left memory, in one file a column. */
import { join } from "node:path"
import { TraceError } from "../../../arch/errors.ts"
import type { RowSink } from "../builder.ts"
import type { CounterColumns, SpanColumns } from "../trace.ts"
import { counterColumnNames, spanColumnNames } from "./layout.ts"
import { checkCounters, checkExtent, checkSpans } from "./row-limits.ts"
import { SpilledColumn } from "./spilled-column.ts"

export class RowSpill implements RowSink {
  readonly spans: Readonly<Record<(typeof spanColumnNames)[number], SpilledColumn>>
  readonly counters: Readonly<Record<(typeof counterColumnNames)[number], SpilledColumn>>
  /** Codes that were not known to be valid when they were written; judged at the end. −1: none yet. */
  highestTrack = -1
  highestAmendedBound = -1

  constructor(folder: string) {
    const column = (name: string, width: 4 | 8) => new SpilledColumn(join(folder, name), width)
    this.spans = {
      parent: column("spans.parent", 4),
      track: column("spans.track", 4),
      kind: column("spans.kind", 4),
      name: column("spans.name", 4),
      bound: column("spans.bound", 4),
      start: column("spans.start", 8),
      duration: column("spans.duration", 8),
    }
    this.counters = {
      span: column("counters.span", 4),
      component: column("counters.component", 4),
      action: column("counters.action", 4),
      count: column("counters.count", 8),
    }
  }

  writeSpans = (rows: SpanColumns, firstId: number, strings: readonly string[]): void => {
    const written = this.spans.parent.rows
    if (firstId !== written) {
      throw new TraceError({ message: `spans from ${firstId} were written after ${written} spans` })
    }
    // Tracks may still be declared, so their number is no limit yet.
    checkSpans(rows, firstId, strings.length, Infinity)
    for (const track of rows.track) if (track > this.highestTrack) this.highestTrack = track
    for (const name of spanColumnNames) this.spans[name].append(rows[name])
  }

  writeCounters = (rows: CounterColumns, strings: readonly string[]): void => {
    checkCounters(rows, this.counters.span.rows, strings.length)
    for (const name of counterColumnNames) this.counters[name].append(rows[name])
  }

  amendSpan = (id: number, duration: number, bound: number): number => {
    if (!(id >= 0 && id < this.spans.parent.rows)) {
      throw new TraceError({ message: `span ${id} was closed before it was written` })
    }
    const start = this.spans.start.at(id)
    checkExtent(id, start, duration)
    if (bound < 0) throw new TraceError({ message: `span ${id} was closed with ${bound} as its bound` })
    if (bound > this.highestAmendedBound) this.highestAmendedBound = bound
    this.spans.duration.amend(id, duration)
    this.spans.bound.amend(id, bound)
    return start
  }

  close(): void {
    for (const name of spanColumnNames) this.spans[name].close()
    for (const name of counterColumnNames) this.counters[name].close()
  }
}
