/**
 * Chrome trace events, for ui.perfetto.dev and chrome://tracing. One thread for every track, under one process. The
 * viewers know only time: 1 cycle is shown as 1 ns.
 */
import { inChunks } from "../internal/in-chunks.ts"
import { laneName, nestingLanes } from "../internal/nesting-lanes.ts"
import type { Trace } from "../trace.ts"

/**
 * The trace as JSON text in chunks. Spans of no cycles are left out: the viewers cannot show them. Each event carries its
 * exact start and duration in cycles as arguments.
 */
export const perfettoJson = (trace: Trace): Iterable<string> => inChunks(document(trace))

const processId = 1

function* document(trace: Trace): Generator<string> {
  const { manifest } = trace
  const about = { tool: manifest.tool, command: manifest.command, unit: "1 ns shown = 1 cycle" }
  yield `{"displayTimeUnit":"ns","otherData":${JSON.stringify(about)},"traceEvents":[\n`
  yield metadata("process_name", 0, {
    name: `${manifest.workload.name} on ${manifest.machine.name} (1 ns = 1 cycle)`,
  })
  for (const [index, lane] of nestingLanes(trace).entries()) {
    const thread = index + 1
    yield `,\n${metadata("thread_name", thread, { name: laneName(trace, lane) })}`
    yield `,\n${metadata("thread_sort_index", thread, { sort_index: thread })}`
    yield* events(trace, lane.ids, thread)
  }
  yield "\n]}\n"
}

const metadata = (name: string, thread: number, args: Readonly<Record<string, string | number>>): string =>
  JSON.stringify({ ph: "M", pid: processId, tid: thread, name, args })

function* events(trace: Trace, ids: readonly number[], thread: number): Generator<string> {
  const { strings, spans } = trace
  const quoted: string[] = []
  const quote = (code: number): string => (quoted[code] ??= JSON.stringify(strings[code]))
  for (const id of ids) {
    const start = spans.start[id]
    const duration = spans.duration[id]
    if (duration === 0) continue
    const bound =
      spans.bound[id] === 0 || strings[spans.bound[id]] === "" ? "" : `,"bound":${quote(spans.bound[id])}`
    yield (
      `,\n{"ph":"X","pid":${processId},"tid":${thread},"ts":${microseconds(start)},"dur":${microseconds(duration)},` +
        `"name":${quote(spans.name[id])},"cat":${quote(spans.kind[id])},` +
        `"args":{"span":${id},"start":${start},"duration":${duration}${bound}}}`
    )
  }
}

/** Cycles as nanoseconds, in the microseconds of the format: by digits, so that none is lost to rounding. */
const microseconds = (cycles: number): string => {
  const below = cycles % 1000
  const whole = (cycles - below) / 1000
  return below === 0 ? String(whole) : `${whole}.${String(below).padStart(3, "0")}`
}
