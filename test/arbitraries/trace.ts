/** Random well-formed traces: everything `checkTrace` asks for holds. Small, nested, with names that files find hard. */
import * as fc from "fast-check"
import { type ManifestHead, TraceBuilder } from "../../sim/trace/builder.ts"
import type { Track } from "../../sim/trace/manifest.ts"
import type { Trace } from "../../sim/trace/trace.ts"
import { spanKinds } from "../../sim/trace/vocabulary.ts"

/** What is known of a trace before its first row. Every optional part is there. */
export const manifestHead: ManifestHead = {
  schema: "sparsim-trace",
  version: "1.0",
  tool: "sparsim 0.0.0-test",
  command: "sparsim run net --on machine",
  machine: {
    id: "machine",
    name: "A machine",
    kind: "array",
    hash: "0123",
    numbers: [
      {
        path: "dram.bandwidth",
        value: 64e9,
        written: 64,
        unit: "GB/s",
        status: "assumed",
        source: "a test",
        range: [32e9, 128e9],
        note: "not a real machine",
      },
    ],
    roofs: [
      {
        id: "array",
        name: "Array peak",
        kind: "compute",
        perCycle: 1024,
        counters: [],
        convention: "issued",
        status: "derived",
        source: "32 x 32",
      },
    ],
  },
  workload: { id: "net", name: "A network", hash: "4567", batch: 1, source: "a test" },
  settings: { pattern: "2:8", dataflow: "OS" },
  energy: {
    table: "table",
    name: "A table",
    hash: "89ab",
    scope: "circuit",
    actions: [
      {
        component: "dram",
        action: "read",
        picojoules: 100,
        per: "byte",
        status: "assumed",
        source: "a test",
      },
    ],
    staticWatts: 1.5,
    staticStatus: "assumed",
  },
  seed: 1,
  clockHertz: 1e9,
  conventions: { flop: "1 MAC = 2 FLOP" },
  warnings: ["only a test"],
}

/** Names that break careless writers: quotes, separators, markup, control characters, length. */
export const hostileNames = [
  "",
  `it's "quoted", \\ and; \`ticked\``,
  "two\r\nlines\tand a tab",
  "nul\0inside",
  "</script><img src=x onerror=alert(1)>",
  "'; DROP TABLE spans; --",
  "😀 مرحبا 中文 é e\u0301",
  "\u2028\u2029\u007f\u0085\ufeff",
  "null",
  "=1+1",
  "__proto__",
  "x".repeat(10_000),
]

const name = fc.oneof(
  { arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }), weight: 3 },
  { arbitrary: fc.constantFrom(...hostileNames), weight: 1 },
)

interface SpanRow {
  readonly parent: number
  readonly track: number
  readonly kind: string
  readonly name: string
  readonly bound: string
  readonly start: number
  readonly duration: number
  /** Added with duration 0 and closed after all other rows. */
  readonly closedLate: boolean
}

interface CounterRow {
  readonly span: number
  readonly component: string
  readonly action: string
  readonly count: number
}

/** A trace as its rows, to be given to any builder. */
export interface TraceRecipe {
  readonly tracks: readonly Track[]
  readonly spans: readonly SpanRow[]
  readonly counters: readonly CounterRow[]
}

/** Feeds a recipe to a builder and ends the trace. */
export const buildTrace = (recipe: TraceRecipe, builder = new TraceBuilder()): Trace => {
  const tracks = recipe.tracks.map((track) => builder.track(track))
  const ids = recipe.spans.map((row) =>
    builder.span(
      row.parent,
      tracks[row.track],
      builder.code(row.kind),
      builder.code(row.name),
      row.closedLate ? 0 : builder.code(row.bound),
      row.start,
      row.closedLate ? 0 : row.duration,
    ),
  )
  for (const row of recipe.counters) {
    builder.count(ids[row.span], builder.code(row.component), builder.code(row.action), row.count)
  }
  for (const [index, row] of recipe.spans.entries()) {
    if (row.closedLate) builder.closeSpan(ids[index], row.duration, builder.code(row.bound))
  }
  return builder.finish(manifestHead)
}

/** Cycles of the root span; beyond 2^32, so that 32-bit arithmetic anywhere shows. */
const longestRun = 2 ** 40

const track = fc.record({ id: name, name, exclusive: fc.boolean() })

/** How a span lies inside its parent, as shares of what is there. */
const spanChoice = fc.record({
  parent: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  track: fc.nat(7),
  kind: fc.constantFrom(...spanKinds),
  name,
  bound: fc.constantFrom("", "compute", "dram"),
  start: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.double({ min: 0, max: 1, noNaN: true }),
  closedLate: fc.boolean(),
})

const counterChoice = fc.record({
  span: fc.nat(1000),
  component: name,
  action: name,
  count: fc.oneof(fc.nat(2 ** 30), fc.double({ min: 0, max: 1e15, noNaN: true })),
  operations: fc.tuple(fc.nat(1e9), fc.nat(1e9), fc.nat(1e9), fc.nat(1e9)),
  busy: fc.double({ min: 0, max: 1, noNaN: true }),
})

type SpanChoice = typeof spanChoice extends fc.Arbitrary<infer A> ? A : never
type CounterChoice = typeof counterChoice extends fc.Arbitrary<infer A> ? A : never

/** Track 0 is shared: a span that would overlap another of its kind on an exclusive track goes there. */
const spansOf = (choices: readonly SpanChoice[], tracks: readonly Track[], cycles: number): SpanRow[] => {
  const rows: SpanRow[] = []
  for (const choice of choices) {
    const parent = Math.floor(choice.parent * (rows.length + 1)) - 1
    const within = parent === -1 ? { start: 0, duration: cycles } : rows[parent]
    const offset = Math.floor(choice.start * within.duration)
    const row = {
      parent,
      track: choice.track % tracks.length,
      kind: choice.kind,
      name: choice.name,
      bound: choice.bound,
      start: within.start + offset,
      duration: Math.floor(choice.length * (within.duration - offset)),
      closedLate: choice.closedLate,
    }
    const overlaps = rows.some(
      (other) =>
        other.track === row.track &&
        other.kind === row.kind &&
        other.start < row.start + row.duration &&
        row.start < other.start + other.duration,
    )
    rows.push(overlaps && tracks[row.track].exclusive ? { ...row, track: 0 } : row)
  }
  return rows
}

const countersOf = (choices: readonly CounterChoice[], spans: readonly SpanRow[]): CounterRow[] =>
  choices.flatMap((choice, index) => {
    if (spans.length === 0) return []
    const span = choice.span % spans.length
    // A prefix keeps random names away from the accounting components, whose sums have rules.
    const energy = { span, component: `c.${choice.component}`, action: choice.action, count: choice.count }
    if (choices.findIndex((other) => other.span % spans.length === span) !== index) return [energy]
    const [dense, nonZero, useful, issued] = choice.operations
    const busy = Math.floor(choice.busy * spans[span].duration)
    const operation = (action: string, count: number) => ({ span, component: "ops", action, count })
    return [
      energy,
      operation("dense-equivalent", Math.max(dense, nonZero, useful)),
      operation("non-zero", Math.max(nonZero, useful)),
      operation("useful", useful),
      operation("issued", Math.max(issued, useful)),
      { span, component: "time.array", action: "busy", count: busy },
      { span, component: "time.array", action: "stall.dram", count: spans[span].duration - busy },
    ]
  })

/** Rows of a well-formed trace of up to `maxSpans` spans. */
export const traceRecipe = ({ maxSpans = 40 } = {}): fc.Arbitrary<TraceRecipe> =>
  fc
    .record({
      tracks: fc.uniqueArray(track, { minLength: 1, maxLength: 4, selector: ({ id }) => id }),
      cycles: fc.oneof(fc.nat(50), fc.nat(longestRun)),
      spans: fc.array(spanChoice, { maxLength: maxSpans }),
      counters: fc.array(counterChoice, { maxLength: maxSpans }),
    })
    .map(({ tracks, cycles, spans, counters }) => {
      const withShared = [{ id: "shared", name: "shared", exclusive: false }, ...tracks].filter(
        ({ id }, index) => index === 0 || id !== "shared",
      )
      const spanRows = spansOf(spans, withShared, cycles)
      return { tracks: withShared, spans: spanRows, counters: countersOf(counters, spanRows) }
    })

/** A well-formed trace of up to `maxSpans` spans, wholly in memory. */
export const trace = (options: { readonly maxSpans?: number } = {}): fc.Arbitrary<Trace> =>
  traceRecipe(options).map((recipe) => buildTrace(recipe))

/** The rows of a trace with their strings in full, to compare traces whose codes differ. */
export const rowsOf = ({ manifest, strings, spans, counters }: Trace) => ({
  manifest,
  spans: Array.from({ length: spans.length }, (_, id) => ({
    parent: spans.parent[id],
    track: manifest.tracks[spans.track[id]].id,
    kind: strings[spans.kind[id]],
    name: strings[spans.name[id]],
    bound: strings[spans.bound[id]],
    start: spans.start[id],
    duration: spans.duration[id],
  })),
  counters: Array.from({ length: counters.length }, (_, row) => ({
    span: counters.span[row],
    component: strings[counters.component[row]],
    action: strings[counters.action[row]],
    count: counters.count[row],
  })),
})
