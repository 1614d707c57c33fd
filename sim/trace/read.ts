/** Reads a trace folder back into memory. Whatever is not exactly what was written is an error, never a number. */
import { join } from "node:path"
import type { DuckDBConnection } from "@duckdb/node-api"
import { TraceError } from "../../arch/errors.ts"
import { withDuckDb } from "./internal/duckdb.ts"
import {
  counterFields,
  counterColumnNames,
  spanColumnNames,
  spanFields,
  spansFile,
} from "./internal/layout.ts"
import { openTraceFolder, type TraceFolder } from "./internal/open-folder.ts"
import { asCode, asNumber, inspectParquet, readColumns, readDictionary } from "./internal/read-parquet.ts"
import { rowProblems } from "./internal/row-problems.ts"
import type { TraceProblem } from "./problem.ts"
import type { CounterColumns, SpanColumns, Trace } from "./trace.ts"

/**
 * The trace in the folder `directory`. Codes of strings are not those of the builder; `strings[0]` is the empty string.
 * @throws TraceError naming file, row and column where the folder is not a trace, is damaged, or is of an unknown version,
 * or where a row refers to something that does not exist or lies outside its parent.
 */
export const readTrace = async (directory: string): Promise<Trace> => {
  const trace = await loadTrace(directory)
  for (const problem of rowProblems(trace)) throw problemAsError(directory, problem)
  return trace
}

/**
 * As `readTrace`, but rows are not compared with each other: for a check that wants to list everything that is wrong.
 * @throws TraceError where the rows cannot be had at all.
 */
export const loadTrace = async (directory: string): Promise<Trace> => {
  const folder = openTraceFolder(directory)
  try {
    return await withDuckDb({}, (connection) => load(connection, folder))
  } catch (error) {
    if (error instanceof TraceError) throw error
    throw new TraceError({
      message: `the trace cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      place: { file: directory },
      remedy: "Write the trace again with the command that made it.",
    })
  }
}

const problemAsError = (directory: string, problem: TraceProblem): TraceError => {
  const { row, column = "" } = problem
  return new TraceError({
    message: row === undefined ? problem.message : `row ${row}, column ${column}: ${problem.message}`,
    place: {
      file: join(directory, problem.file),
      path: row === undefined ? column : `${column}[${row}]`,
    },
    remedy:
      "Write the trace again with the command that made it; `sparsim trace check` lists every such row.",
  })
}

const load = async (connection: DuckDBConnection, folder: TraceFolder): Promise<Trace> => {
  const { manifest } = folder
  const spanRows = await inspectParquet(connection, folder.spans, spanFields)
  const counterRows = await inspectParquet(connection, folder.counters, counterFields)
  const strings = await readDictionary(connection, [
    ...(["track", "kind", "name", "bound"] as const).map((column) => [folder.spans, column] as const),
    ...(["component", "action"] as const).map((column) => [folder.counters, column] as const),
  ])
  const spans = emptySpans(spanRows)
  const ids = new Int32Array(spanRows)
  await readColumns(
    connection,
    folder.spans,
    [
      "coalesce(id, -1)",
      "coalesce(parent, -1)",
      ...["track", "kind", "name", "bound"].map(asCode),
      ...["start", "duration"].map(asNumber),
    ],
    [ids, ...spanColumnNames.map((name) => spans[name])],
  )
  checkIds(ids, folder)
  replaceTrackNames(spans.track, strings, folder)
  const counters = emptyCounters(counterRows)
  await readColumns(
    connection,
    folder.counters,
    ["coalesce(span, -1)", asCode("component"), asCode("action"), asNumber("count")],
    counterColumnNames.map((name) => counters[name]),
  )
  return { manifest, strings, spans, counters }
}

const emptySpans = (rows: number): SpanColumns => ({
  length: rows,
  parent: new Int32Array(rows),
  track: new Int32Array(rows),
  kind: new Int32Array(rows),
  name: new Int32Array(rows),
  bound: new Int32Array(rows),
  start: new Float64Array(rows),
  duration: new Float64Array(rows),
})

const emptyCounters = (rows: number): CounterColumns => ({
  length: rows,
  span: new Int32Array(rows),
  component: new Int32Array(rows),
  action: new Int32Array(rows),
  count: new Float64Array(rows),
})

const checkIds = (ids: Int32Array, folder: TraceFolder): void => {
  for (let row = 0; row < ids.length; row++) {
    if (ids[row] === row) continue
    throw problemAsError(folder.directory, {
      file: spansFile,
      row,
      column: "id",
      message: `the id is ${ids[row]}; ids count from 0 without a gap`,
    })
  }
}

/** Turns the code of a track's name into the track's number in the manifest. */
const replaceTrackNames = (track: Int32Array, strings: readonly string[], folder: TraceFolder): void => {
  const numberOf = new Map(folder.manifest.tracks.map((each, number) => [each.id, number]))
  const trackOfCode = strings.map((text) => numberOf.get(text) ?? -1)
  for (let row = 0; row < track.length; row++) {
    const code = track[row]
    const number = code === -1 ? -1 : trackOfCode[code]
    if (number === -1) {
      const found = code === -1 ? "missing" : `"${strings[code]}"`
      throw problemAsError(folder.directory, {
        file: spansFile,
        row,
        column: "track",
        message: `the track is ${found}, which the manifest does not have`,
      })
    }
    track[row] = number
  }
}
