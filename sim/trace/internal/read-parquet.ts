/** Reads columns of a Parquet file into typed arrays, strings as codes. */
import type { DuckDBConnection } from "@duckdb/node-api"
import { TraceError } from "../../../arch/errors.ts"
import { fileLiteral, loadBindings } from "./duckdb.ts"
import type { Column } from "./layout.ts"

const text = (value: unknown): string => (typeof value === "string" ? value : "")

/** Rows of the file. @throws TraceError where a column is missing or of another type than `fields` says. */
export const inspectParquet = async (
  connection: DuckDBConnection,
  file: string,
  fields: Readonly<Record<string, string>>,
): Promise<number> => {
  const source = `read_parquet(${fileLiteral(file)})`
  const described = await connection.run(
    `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${source})`,
  )
  const found = new Map((await described.getRows()).map(([name, type]) => [name, type]))
  for (const [name, type] of Object.entries(fields)) {
    if (found.get(name) === type) continue
    const what = found.has(name) ? `of type ${text(found.get(name))}, not ${type}` : "missing"
    throw new TraceError({
      message: `column "${name}" is ${what}`,
      place: { file, path: name },
      remedy: "Write the trace again with the command that made it.",
    })
  }
  const counted = await connection.run(`SELECT count(*)::DOUBLE FROM ${source}`)
  return Number((await counted.getRows())[0][0])
}

/** The distinct strings of some columns of some files; the empty string first, the rest in byte order. */
export const readDictionary = async (
  connection: DuckDBConnection,
  columns: readonly (readonly [file: string, column: string])[],
): Promise<string[]> => {
  const each = columns.map(
    ([file, column]) => `SELECT DISTINCT ${column} AS text FROM read_parquet(${fileLiteral(file)})`,
  )
  await connection.run(
    `CREATE TYPE dictionary AS ENUM (
       SELECT text FROM (SELECT '' AS text UNION ${each.join(" UNION ")}) WHERE text IS NOT NULL ORDER BY text)`,
  )
  const listed = await connection.run("SELECT unnest(enum_range(NULL::dictionary))::VARCHAR")
  return (await listed.getRows()).map(([value]) => text(value))
}

/** SQL of a string column as its code in the dictionary; −1 where the file has no value. */
export const asCode = (column: string): string => `coalesce(enum_code(${column}::dictionary)::INTEGER, -1)`

/** SQL of a whole number as a float; NaN where the file has no value. */
export const asNumber = (column: string): string => `coalesce("${column}"::DOUBLE, 'nan'::DOUBLE)`

/** Fills `columns`, in the order of `select`, with all rows of the file. The columns must be long enough. */
export const readColumns = async (
  connection: DuckDBConnection,
  file: string,
  select: readonly string[],
  columns: readonly Column[],
): Promise<void> => {
  const bindings = await loadBindings()
  const targets = columns.map((column) => ({
    bytes: new Uint8Array(column.buffer, column.byteOffset, column.byteLength),
    width: column.BYTES_PER_ELEMENT,
  }))
  const result = await connection.stream(
    `SELECT ${select.join(", ")} FROM read_parquet(${fileLiteral(file)})`,
  )
  let row = 0
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return
    for (const [index, { bytes, width }] of targets.entries()) {
      const vector = bindings.data_chunk_get_vector(chunk.chunk, index)
      bytes.set(bindings.vector_get_data(vector, chunk.rowCount * width), row * width)
    }
    row += chunk.rowCount
  }
}
