/**
 * The trace in memory: what every engine writes and every report reads. Columns are typed arrays; strings are codes into
 * `strings`. One row of `spans` is one interval on one track; one row of `counters` is one (component, action) count that
 * belongs to a span.
 */
import type { Manifest } from "./manifest.ts"

/** Intervals, half-open: [start, start + duration). Row number = span id. */
export interface SpanColumns {
  readonly length: number
  /** Span id of the parent; −1 at the root. A parent's id is smaller than its children's. */
  readonly parent: Int32Array
  /** Index into `manifest.tracks`. */
  readonly track: Int32Array
  /** Code of the kind: run, layer, stage, gemm, tile … */
  readonly kind: Int32Array
  /** Code of the name. */
  readonly name: Int32Array
  /** Code of what bounds the span, e.g. "compute", "dram"; the empty string where nothing is said. */
  readonly bound: Int32Array
  /** Cycles, exact integers. */
  readonly start: Float64Array
  readonly duration: Float64Array
}

export interface CounterColumns {
  readonly length: number
  /** Span id. */
  readonly span: Int32Array
  /** Code of the component, e.g. "dram". */
  readonly component: Int32Array
  /** Code of the action, e.g. "read". */
  readonly action: Int32Array
  /** Events, bytes or cycles; what one count is stands in the energy table and in `manifest.conventions`. */
  readonly count: Float64Array
}

export interface Trace {
  readonly manifest: Manifest
  readonly strings: readonly string[]
  readonly spans: SpanColumns
  readonly counters: CounterColumns
}
