/** SQL over a trace folder. Questions only: no statement can change the trace or touch another file. */
import type { DuckDBConnection, DuckDBType, DuckDBValue, DuckDBValueConverter, Json } from "@duckdb/node-api"
import { TraceError } from "../../arch/errors.ts"
import { fileLiteral, withDuckDb } from "./internal/duckdb.ts"
import { counterFields, spanFields } from "./internal/layout.ts"
import { openTraceFolder, type TraceFolder } from "./internal/open-folder.ts"

/** Rows of an answer. Whole numbers up to 2^53 are numbers, larger ones decimal strings; all values are plain JSON. */
export interface QueryResult {
  readonly columns: string[]
  /** DuckDB's type of each column. */
  readonly types: string[]
  readonly rows: unknown[][]
}

/** The tables beside `spans` and `counters`, from the manifest. */
const manifestTables = {
  machine_numbers: {
    path: "VARCHAR",
    value: "DOUBLE",
    written: "DOUBLE",
    unit: "VARCHAR",
    status: "VARCHAR",
    source: "VARCHAR",
  },
  tracks: { id: "VARCHAR", name: "VARCHAR", exclusive: "BOOLEAN" },
  energy: {
    component: "VARCHAR",
    action: "VARCHAR",
    picojoules: "DOUBLE",
    per: "VARCHAR",
    status: "VARCHAR",
    source: "VARCHAR",
  },
  other_energy: {
    energy_table: "VARCHAR",
    component: "VARCHAR",
    action: "VARCHAR",
    picojoules: "DOUBLE",
  },
  roofs: {
    id: "VARCHAR",
    name: "VARCHAR",
    kind: "VARCHAR",
    per_cycle: "DOUBLE",
    counters: "VARCHAR[]",
    convention: "VARCHAR",
    status: "VARCHAR",
    source: "VARCHAR",
  },
  run: {
    command: "VARCHAR",
    machine: "VARCHAR",
    workload: "VARCHAR",
    batch: "DOUBLE",
    clock_hertz: "DOUBLE",
    cycles: "DOUBLE",
    energy_table: "VARCHAR",
    static_watts: "DOUBLE",
    seed: "DOUBLE",
  },
} as const

const tables = { spans: spanFields, counters: counterFields, ...manifestTables }

const remedy = `Tables: ${Object.entries(tables)
  .map(([table, columns]) => `${table} (${Object.keys(columns).join(", ")})`)
  .join("; ")}.`

/**
 * Answers one SELECT over the tables `spans` and `counters` of a trace, and what its manifest says: `machine_numbers`, `tracks`,
 * `energy`, `other_energy` (the same actions by other tables), `roofs` (MAC or bytes per cycle; traffic is the sum of `counters`, written component.action) and `run`.
 * @throws TraceError where the folder is not a trace, or the SQL is wrong or is not a question.
 *
 * @example
 * await queryTrace("run.trace", "SELECT name, sum(duration) AS cycles FROM spans GROUP BY name ORDER BY cycles DESC")
 */
export const queryTrace = async (directory: string, sql: string): Promise<QueryResult> => {
  const folder = openTraceFolder(directory)
  try {
    return await withDuckDb({}, async (connection) => {
      await createTables(connection, folder)
      await forbidFiles(connection, folder)
      return await answer(connection, sql)
    })
  } catch (error) {
    if (error instanceof TraceError) throw error
    throw new TraceError({ message: readable(error), remedy })
  }
}

const createTables = async (connection: DuckDBConnection, folder: TraceFolder): Promise<void> => {
  await connection.run(`CREATE VIEW spans AS SELECT * FROM read_parquet(${fileLiteral(folder.spans)})`)
  await connection.run(`CREATE VIEW counters AS SELECT * FROM read_parquet(${fileLiteral(folder.counters)})`)
  const { command, machine, workload, tracks, energy, clockHertz, totals, seed } = folder.manifest
  await createTable(
    connection,
    "machine_numbers",
    machine.numbers.map((n) => [n.path, n.value, n.written, n.unit, n.status, n.source]),
  )
  await createTable(
    connection,
    "tracks",
    tracks.map((track) => [track.id, track.name, track.exclusive]),
  )
  const prices = energy?.actions ?? []
  await createTable(
    connection,
    "energy",
    prices.map((a) => [a.component, a.action, a.picojoules, a.per, a.status, a.source]),
  )
  await createTable(
    connection,
    "other_energy",
    (energy?.others ?? []).flatMap(({ name, picojoules }) =>
      picojoules.map((price, i) => [name, prices[i].component, prices[i].action, price]),
    ),
  )
  await createTable(
    connection,
    "roofs",
    machine.roofs.map((roof) => [
      roof.id,
      roof.name,
      roof.kind,
      roof.perCycle,
      roof.counters,
      roof.kind === "compute" ? (roof.convention ?? "issued") : null,
      roof.status,
      roof.source,
    ]),
  )
  await createTable(connection, "run", [
    [
      command,
      machine.name,
      workload.name,
      workload.batch,
      clockHertz,
      totals.cycles,
      energy?.name ?? null,
      energy?.staticWatts ?? null,
      seed,
    ],
  ])
}

type Value = string | number | boolean | null | readonly string[]

/** Creates a table of the manifest; `rows` have its columns in order. */
const createTable = async (
  connection: DuckDBConnection,
  name: keyof typeof manifestTables,
  rows: readonly (readonly Value[])[],
): Promise<void> => {
  const columns = Object.entries(manifestTables[name]).map(([column, type]) => `${column} ${type}`)
  await connection.run(`CREATE TABLE ${name} (${columns.join(", ")})`)
  const { LIST, VARCHAR } = await import("@duckdb/node-api")
  const appender = await connection.createAppender(name)
  for (const row of rows) {
    for (const value of row) {
      if (value === null) appender.appendNull()
      else if (typeof value === "string") appender.appendVarchar(value)
      else if (typeof value === "number") appender.appendDouble(value)
      else if (typeof value === "boolean") appender.appendBoolean(value)
      else appender.appendList([...value], LIST(VARCHAR))
    }
    appender.endRow()
  }
  appender.closeSync()
}

/** From here on DuckDB opens no file but the two of the views, and these settings cannot be undone. */
const forbidFiles = async (connection: DuckDBConnection, folder: TraceFolder): Promise<void> => {
  await connection.run(`SET allowed_paths = [${fileLiteral(folder.spans)}, ${fileLiteral(folder.counters)}]`)
  await connection.run("SET enable_external_access = false")
  await connection.run("SET lock_configuration = true")
}

const answer = async (connection: DuckDBConnection, sql: string): Promise<QueryResult> => {
  const { StatementType } = await import("@duckdb/node-api")
  const statements = await statementsOf(connection, sql)
  if (statements?.count !== 1) {
    const found = statements === undefined ? "nothing to run" : `${statements.count} statements`
    throw new TraceError({ message: `one SELECT is expected, found ${found}`, remedy })
  }
  const statement = await statements.prepare(0)
  // COPY could write to the files of the views, so whatever is not a question is refused before it runs.
  if (statement.statementType !== StatementType.SELECT) {
    throw new TraceError({ message: "only SELECT is possible: a query cannot change a trace", remedy })
  }
  const result = await statement.run()
  return {
    columns: result.deduplicatedColumnNames(),
    types: result.columnTypes().map(String),
    rows: await result.convertRows(await plainJson()),
  }
}

/** Undefined where the text holds no statement, only space or comments: the library calls that a failure of its own. */
const statementsOf = async (connection: DuckDBConnection, sql: string) => {
  try {
    return await connection.extractStatements(sql)
  } catch (error) {
    if (error instanceof Error && error.message.includes("native callback")) return undefined
    throw error
  }
}

/** DuckDB's own JSON form, but whole numbers stay numbers where a double holds them exactly. */
const plainJson = async (): Promise<DuckDBValueConverter<Json>> => {
  const { DuckDBDecimalValue, JsonDuckDBValueConverter } = await import("@duckdb/node-api")
  const convert: DuckDBValueConverter<Json> = (value: DuckDBValue, type: DuckDBType): Json | null => {
    if (typeof value === "bigint") {
      const number = Number(value)
      return Number.isSafeInteger(number) ? number : value.toString()
    }
    if (value instanceof DuckDBDecimalValue) return value.toDouble()
    return JsonDuckDBValueConverter(value, type, convert)
  }
  return convert
}

/** DuckDB's message without its class name and the native library's own prefixes. */
const readable = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .replace(/^Failed to \w+ statements?: /, "")
    .replace(/^(Parser|Binder|Catalog|Conversion|Invalid Input|Permission) Error: /, "")
    .trim()
