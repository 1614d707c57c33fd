/**
 * The trace on disk: a folder of `manifest.json`, `spans.parquet` and `counters.parquet`. The folder is written under a
 * temporary name beside its place and renamed when it is complete; the same trace gives the same bytes.
 */
import { accessSync, constants, mkdirSync, rmSync, rmdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { OutputError, TraceError } from "../../arch/errors.ts"
import type { RowSink } from "./builder.ts"
import { arraySource, type ColumnSource, rowNumberSource, spilledSource } from "./internal/column-source.ts"
import { withDuckDb } from "./internal/duckdb.ts"
import {
  type Column,
  counterColumnNames,
  countersFile,
  manifestFile,
  spanColumnNames,
  spansFile,
} from "./internal/layout.ts"
import { manifestText } from "./internal/manifest-file.ts"
import { outputError } from "./output-error.ts"
import { replaceFolder, siblingFolder, traceTarget } from "./internal/replace-folder.ts"
import { checkCounters, checkSpans } from "./internal/row-limits.ts"
import { RowSpill } from "./internal/row-spill.ts"
import type { SpilledColumn } from "./internal/spilled-column.ts"
import { loadDictionary, writeParquet } from "./internal/write-parquet.ts"
import type { CounterColumns, SpanColumns, Trace } from "./trace.ts"
import { forgetUnfinished, rememberUnfinished } from "./unfinished-output.ts"

/** A trace being written. Exactly one of `commit` and `discard` ends it. */
export interface TraceStore extends RowSink {
  /**
   * Writes the rows that are still in `trace` after those that went through the sink, and puts the folder in its place.
   * @throws OutputError where the disk is full or writing is not permitted; TraceError where a value cannot be written.
   * Either leaves nothing behind, and an older trace of that name as it was.
   */
  readonly commit: (trace: Trace) => Promise<void>
  /** Removes everything written so far. Synchronous, so that a signal handler can call it; harmless after `commit`. */
  readonly discard: () => void
}

/**
 * Opens `directory` (usually `NAME.trace`) for writing. An older trace there stays until `commit` replaces it.
 * @throws OutputError where the place cannot be written to, or holds something that is not a trace.
 */
export const openTraceStore = async (directory: string): Promise<TraceStore> => {
  try {
    const target = traceTarget(directory)
    const createdParent = mkdirSync(dirname(target), { recursive: true })
    accessSync(dirname(target), constants.W_OK)
    return new ParquetStore(directory, target, createdParent)
  } catch (error) {
    throw outputError(error, directory)
  }
}

/** Writes a trace that is wholly in memory. @throws OutputError, TraceError as `commit` does. */
export const writeTrace = async (directory: string, trace: Trace): Promise<void> => {
  const store = await openTraceStore(directory)
  await store.commit(trace)
}

/** Folder for whatever must not be part of the finished trace. */
const spillFolder = "spill"

const spansSelect = `
  id, nullif(parent, -1) AS parent, tracks[track + 1] AS track,
  strings[kind + 1] AS kind, strings[name + 1] AS name,
  strings[bound + 1] AS bound, "start"::BIGINT AS "start", duration::BIGINT AS duration`

const countersSelect = `
  span, strings[component + 1] AS component, strings[action + 1] AS action, count`

class ParquetStore implements TraceStore {
  /** As the user wrote it, for messages. */
  readonly #directory: string
  readonly #target: string
  /** The uppermost folder that had to be created for the trace; removed again if there will be none. */
  readonly #createdParent: string | undefined
  #folder: string | undefined
  #spill: RowSpill | undefined
  #ended = false

  constructor(directory: string, target: string, createdParent: string | undefined) {
    this.#directory = directory
    this.#target = target
    this.#createdParent = createdParent
  }

  writeSpans = (rows: SpanColumns, firstId: number, strings: readonly string[]): void =>
    this.#spilling((spill) => spill.writeSpans(rows, firstId, strings))

  writeCounters = (rows: CounterColumns, strings: readonly string[]): void =>
    this.#spilling((spill) => spill.writeCounters(rows, strings))

  amendSpan = (id: number, duration: number, bound: number): number =>
    this.#spilling((spill) => spill.amendSpan(id, duration, bound))

  commit = async (trace: Trace): Promise<void> => {
    try {
      const folder = this.#temporaryFolder()
      checkTail(trace, this.#spill)
      await writeTables(folder, trace, this.#spill)
      this.#closeSpill()
      rmSync(join(folder, spillFolder), { recursive: true, force: true })
      writeFileSync(join(folder, manifestFile), manifestText(folder, trace.manifest))
      replaceFolder(folder, traceTarget(this.#target))
      forgetUnfinished(folder)
      this.#ended = true
    } catch (error) {
      this.discard()
      throw outputError(error, this.#directory)
    }
  }

  discard = (): void => {
    if (this.#ended) return
    this.#ended = true
    this.#closeSpill()
    if (this.#folder !== undefined) {
      rmSync(this.#folder, { recursive: true, force: true })
      forgetUnfinished(this.#folder)
    }
    this.#removeCreatedParents()
  }

  /** Runs a step of the sink; what fails becomes a typed error and leaves nothing behind. */
  #spilling<A>(step: (spill: RowSpill) => A): A {
    try {
      this.#spill ??= new RowSpill(join(this.#temporaryFolder(), spillFolder))
      return step(this.#spill)
    } catch (error) {
      this.discard()
      throw outputError(error, this.#directory)
    }
  }

  /** Made when it is first needed, so that a run that is killed before it has written anything leaves nothing. */
  #temporaryFolder(): string {
    if (this.#ended) {
      throw new OutputError({
        message: "this trace was already written or discarded",
        place: { file: this.#directory },
      })
    }
    if (this.#folder === undefined) {
      this.#folder = siblingFolder(this.#target)
      rememberUnfinished(this.#folder)
      mkdirSync(join(this.#folder, spillFolder))
    }
    return this.#folder
  }

  #closeSpill(): void {
    this.#spill?.close()
    this.#spill = undefined
  }

  #removeCreatedParents(): void {
    if (this.#createdParent === undefined) return
    try {
      for (let folder = dirname(this.#target); ; folder = dirname(folder)) {
        rmdirSync(folder)
        if (folder === this.#createdParent) return
      }
    } catch {
      // Somebody else has put something there in the meantime: it stays.
    }
  }
}

/** Checks the rows that never went through the sink, and what can be judged only when all is there. */
const checkTail = (trace: Trace, spill: RowSpill | undefined): void => {
  const { manifest, strings } = trace
  const firstSpan = spill?.spans.parent.rows ?? 0
  const firstCounter = spill?.counters.span.rows ?? 0
  const spans = firstSpan + trace.spans.length
  const counters = firstCounter + trace.counters.length
  if (spans !== manifest.totals.spans || counters !== manifest.totals.counters) {
    throw new TraceError({
      message:
        `the manifest counts ${manifest.totals.spans} spans and ${manifest.totals.counters} counters, ` +
        `but ${spans} and ${counters} were to be written`,
    })
  }
  const ids = manifest.tracks.map((track) => track.id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) throw new TraceError({ message: `two tracks have the id "${twice}"` })
  if (spill !== undefined && spill.highestTrack >= manifest.tracks.length) {
    throw new TraceError({ message: `a span is on track ${spill.highestTrack}, which was not declared` })
  }
  if (spill !== undefined && spill.highestAmendedBound >= strings.length) {
    throw new TraceError({ message: `a span was closed with ${spill.highestAmendedBound} as its bound` })
  }
  checkSpans(trace.spans, firstSpan, strings.length, manifest.tracks.length)
  checkCounters(trace.counters, firstCounter, strings.length)
}

/** Memory DuckDB may use while it writes; it needs one row group at a time. */
const memoryLimit = "300MB"

const writeTables = async (folder: string, trace: Trace, spill: RowSpill | undefined): Promise<void> => {
  const { manifest } = trace
  const settings = { memory_limit: memoryLimit, temp_directory: join(folder, spillFolder) }
  await withDuckDb(settings, async (connection) => {
    const trackIds = manifest.tracks.map((track) => track.id)
    await loadDictionary(connection, "strings", trace.strings)
    await loadDictionary(connection, "tracks", trackIds)
    await writeParquet(connection, join(folder, spansFile), {
      name: "span_rows",
      rows: manifest.totals.spans,
      columns: { id: rowNumberSource, ...sources(spanColumnNames, spill?.spans, trace.spans) },
      dictionaries: ["strings", "tracks"],
      select: spansSelect,
    })
    await writeParquet(connection, join(folder, countersFile), {
      name: "counter_rows",
      rows: manifest.totals.counters,
      columns: sources(counterColumnNames, spill?.counters, trace.counters),
      dictionaries: ["strings"],
      select: countersSelect,
    })
  })
}

const sources = <Name extends string>(
  names: readonly Name[],
  spilled: Readonly<Record<Name, SpilledColumn>> | undefined,
  tail: Readonly<Record<Name, Column>>,
): Record<string, ColumnSource> =>
  Object.fromEntries(
    names.map((name) => [
      name,
      spilled === undefined ? arraySource(tail[name]) : spilledSource(spilled[name], tail[name]),
    ]),
  )
