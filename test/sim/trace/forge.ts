/** Traces that are whole as files but wrong inside: what a defective writer would leave. */
import { renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { manifestText } from "../../../sim/trace/internal/manifest-file.ts"
import type { Manifest } from "../../../sim/trace/manifest.ts"
import { writeTrace } from "../../../sim/trace/parquet-store.ts"
import type { Trace } from "../../../sim/trace/trace.ts"

interface Forgery {
  /** SQL over the table of the old rows, which is named after the file. */
  readonly spans?: string
  readonly counters?: string
  readonly manifest?: (manifest: Manifest) => Manifest
}

/** Writes `trace`, replaces tables or manifest as told, and makes all fingerprints right again. */
export const forgeTrace = async (directory: string, trace: Trace, forgery: Forgery): Promise<void> => {
  await writeTrace(directory, trace)
  for (const table of ["spans", "counters"] as const) {
    const sql = forgery[table]
    if (sql === undefined) continue
    const file = join(directory, `${table}.parquet`)
    const connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect()
    await connection.run(`CREATE TABLE ${table} AS SELECT * FROM read_parquet('${file}')`)
    await connection.run(`COPY (${sql}) TO '${file}.new' (FORMAT parquet)`)
    connection.closeSync()
    renameSync(`${file}.new`, file)
  }
  const manifest = forgery.manifest?.(trace.manifest) ?? trace.manifest
  writeFileSync(join(directory, "manifest.json"), manifestText(directory, manifest))
}
