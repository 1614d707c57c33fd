/** Streams columns of numbers and codes into a Parquet file, strings decoded on the way. */
import type { DuckDBConnection } from "@duckdb/node-api"
import { TraceError } from "../../../arch/errors.ts"
import type { ColumnSource } from "./column-source.ts"
import { fileLiteral, isStopped, loadBindings } from "./duckdb.ts"

/**
 * Makes `texts` usable in the `select` of `writeParquet` as `NAME[code + 1]`.
 *
 * A table of one row that is joined, not a constant of the query: DuckDB builds a constant anew for every few rows.
 * @throws TraceError where a text is not valid Unicode: UTF-8 could not hold it.
 */
export const loadDictionary = async (
  connection: DuckDBConnection,
  name: string,
  texts: readonly string[],
): Promise<void> => {
  await connection.run(`CREATE TABLE ${name}_rows (code INTEGER, text VARCHAR)`)
  const appender = await connection.createAppender(`${name}_rows`)
  for (const [code, text] of texts.entries()) {
    if (/\p{Surrogate}/u.test(text)) {
      throw new TraceError({
        message: `the name ${JSON.stringify(text)} is not valid Unicode: it holds half of a surrogate pair`,
        remedy: "Rename it in the workload or machine file.",
      })
    }
    appender.appendInteger(code)
    appender.appendVarchar(text)
    appender.endRow()
  }
  appender.closeSync()
  await connection.run(
    `CREATE TABLE ${name} AS SELECT coalesce(list(text ORDER BY code), []) AS ${name} FROM ${name}_rows`,
  )
}

export interface ParquetTable {
  /** Name of the rows in `select`. */
  readonly name: string
  readonly rows: number
  readonly columns: Readonly<Record<string, ColumnSource>>
  /** Names of the dictionaries that `select` uses. */
  readonly dictionaries: readonly string[]
  /** The columns of the file, as SQL over the columns above. */
  readonly select: string
}

/** Writes `table` to `file`, row by row in order; the same rows give the same bytes. */
export const writeParquet = async (
  connection: DuckDBConnection,
  file: string,
  table: ParquetTable,
): Promise<void> => {
  const { DOUBLE, DuckDBTableFunction, INTEGER } = await import("@duckdb/node-api")
  const bindings = await loadBindings()
  const rowsPerChunk = bindings.vector_size()
  const columns = Object.entries(table.columns)
  const staging = new ArrayBuffer(rowsPerChunk * 8)
  const stagedBytes = new Uint8Array(staging)
  let row = 0
  let failure: unknown
  connection.registerTableFunction(
    DuckDBTableFunction.create({
      name: table.name,
      bindFunction: (info) => {
        for (const [name, source] of columns) {
          info.addResultColumn(name, source.bytesPerRow === 4 ? INTEGER : DOUBLE)
        }
        info.setCardinality(table.rows, true)
      },
      initFunction: () => {
        row = 0
      },
      mainFunction: (info, chunk) => {
        const rows = Math.min(rowsPerChunk, table.rows - row)
        chunk.rowCount = rows
        if (isStopped()) {
          info.setError("interrupted")
          return
        }
        if (rows === 0) return
        try {
          for (const [index, [, source]] of columns.entries()) {
            source.copy(stagedBytes, row, rows)
            const vector = bindings.data_chunk_get_vector(chunk.chunk, index)
            bindings.copy_data_to_vector(vector, 0, staging, 0, rows * source.bytesPerRow)
          }
        } catch (error) {
          failure = error
          info.setError("the rows could not be read back")
        }
        row += rows
      },
    }),
  )
  const from = [`${table.name}()`, ...table.dictionaries].join(" CROSS JOIN ")
  try {
    await connection.run(
      `COPY (SELECT ${table.select} FROM ${from}) TO ${fileLiteral(file)} (FORMAT parquet, COMPRESSION zstd)`,
    )
  } catch (error) {
    throw failure ?? error
  }
}
