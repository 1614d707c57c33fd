/** What must hold of every row and its references, before anything can be computed from a trace. */
import type { TraceProblem } from "../problem.ts"
import type { Trace } from "../trace.ts"
import { countersFile, manifestFile, spansFile } from "./layout.ts"
import { isCycles } from "./row-limits.ts"

/** Problems of the manifest's tracks and row counts, then of the rows of both tables in order, then of the last cycle. */
export function* rowProblems(trace: Trace): Generator<TraceProblem> {
  const { manifest, spans, counters } = trace
  yield* trackProblems(manifest.tracks)
  yield* totalProblems(manifest.totals, "spans", spans.length)
  yield* totalProblems(manifest.totals, "counters", counters.length)
  yield* spanProblems(trace)
  yield* counterProblems(trace)
  yield* totalProblems(manifest.totals, "cycles", lastCycle(trace))
}

function* trackProblems(tracks: Trace["manifest"]["tracks"]): Generator<TraceProblem> {
  const ids = new Set<string>()
  for (const [index, { id }] of tracks.entries()) {
    if (ids.has(id)) {
      yield { file: manifestFile, column: `tracks.${index}.id`, message: `a second track has the id "${id}"` }
    }
    ids.add(id)
  }
}

type Totals = Trace["manifest"]["totals"]

function* totalProblems(totals: Totals, total: keyof Totals, found: number): Generator<TraceProblem> {
  if (totals[total] === found) return
  const message = `the manifest says ${totals[total]} ${total}, the rows give ${found}`
  yield { file: manifestFile, column: `totals.${total}`, message }
}

const lastCycle = ({ spans }: Trace): number => {
  let last = 0
  for (let id = 0; id < spans.length; id++) {
    const end = spans.start[id] + spans.duration[id]
    if (end > last) last = end
  }
  return last
}

function* spanProblems(trace: Trace): Generator<TraceProblem> {
  const { manifest, strings, spans } = trace
  const { parent, track, kind, name, bound, start, duration } = spans
  const isCode = (code: number): boolean => code >= 0 && code < strings.length
  for (let id = 0; id < spans.length; id++) {
    // One condition for the row as it should be; what is wrong with another is worked out apart from this loop.
    const above = parent[id]
    const from = start[id]
    const end = from + duration[id]
    const sound =
      isCycles(from) &&
      isCycles(duration[id]) &&
      isCycles(end) &&
      track[id] >= 0 &&
      track[id] < manifest.tracks.length &&
      isCode(kind[id]) &&
      isCode(name[id]) &&
      isCode(bound[id]) &&
      (above === -1 ||
        (above >= 0 && above < id && from >= start[above] && end <= start[above] + duration[above]))
    if (!sound) yield* problemsOfSpan(trace, id)
  }
}

function* problemsOfSpan({ manifest, strings, spans }: Trace, id: number): Generator<TraceProblem> {
  const wrong = (column: string, message: string) => ({ file: spansFile, row: id, column, message }) as const
  const from = spans.start[id]
  const cycles = spans.duration[id]
  const end = from + cycles
  const track = spans.track[id]
  if (!isCycles(from)) yield wrong("start", `start ${from} is not a whole number of cycles from 0 on`)
  if (!isCycles(cycles) || (isCycles(from) && !isCycles(end))) {
    yield wrong("duration", `duration ${cycles} is not a whole number of cycles from 0 on`)
  }
  if (!(track >= 0 && track < manifest.tracks.length)) {
    yield wrong("track", `track ${track} is not among the ${manifest.tracks.length} of the manifest`)
  }
  for (const column of ["kind", "name", "bound"] as const) {
    const code = spans[column][id]
    if (!(code >= 0 && code < strings.length)) yield wrong(column, `the ${column} is missing`)
  }
  const above = spans.parent[id]
  if (above === -1) return
  if (!(above >= 0 && above < id)) {
    yield wrong("parent", `the parent ${above} is not an earlier span`)
    return
  }
  const fromAbove = spans.start[above]
  const endAbove = fromAbove + spans.duration[above]
  if (from < fromAbove || end > endAbove) {
    yield wrong(
      "parent",
      `cycles ${from} to ${end} are not inside those of the parent ${above}, ${fromAbove} to ${endAbove}`,
    )
  }
}

function* counterProblems(trace: Trace): Generator<TraceProblem> {
  const { strings, spans, counters } = trace
  const { span, component, action, count } = counters
  const isCode = (code: number): boolean => code >= 0 && code < strings.length
  for (let row = 0; row < counters.length; row++) {
    const sound =
      span[row] >= 0 &&
      span[row] < spans.length &&
      isCode(component[row]) &&
      isCode(action[row]) &&
      count[row] >= 0 &&
      count[row] < Infinity
    if (!sound) yield* problemsOfCounter(trace, row)
  }
}

function* problemsOfCounter({ strings, spans, counters }: Trace, row: number): Generator<TraceProblem> {
  const wrong = (column: string, message: string) => ({ file: countersFile, row, column, message }) as const
  const span = counters.span[row]
  const count = counters.count[row]
  if (!(span >= 0 && span < spans.length)) yield wrong("span", `there is no span ${span}`)
  for (const column of ["component", "action"] as const) {
    const code = counters[column][row]
    if (!(code >= 0 && code < strings.length)) yield wrong(column, `the ${column} is missing`)
  }
  if (!(count >= 0 && count < Infinity))
    yield wrong("count", `count ${count} is not a finite number from 0 on`)
}
