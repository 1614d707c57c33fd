/** An in-memory DuckDB. Loaded on first use: the library costs more start-up time than the rest of a command. */
import { resolve } from "node:path"
import type { DuckDBConnection } from "@duckdb/node-api"
import { OutputError } from "../../../arch/errors.ts"

const connections = new Set<DuckDBConnection>()
let stopped = false

/**
 * Stops what DuckDB is doing, and refuses whatever is asked of it from now on. The statement under way fails some time
 * later; one that begins in this moment can miss it, so call it again until all is quiet.
 */
export const stopDuckDb = (): void => {
  stopped = true
  for (const connection of connections) connection.interrupt()
}

/** True from `stopDuckDb` on. */
export const isStopped = (): boolean => stopped

const refuseWhenStopped = (): void => {
  if (stopped) throw new OutputError({ message: "interrupted" })
}

/** Opens a database, lends its connection to `use`, and closes both whatever happens. @throws OutputError once stopped */
export const withDuckDb = async <A>(
  settings: Readonly<Record<string, string>>,
  use: (connection: DuckDBConnection) => Promise<A>,
): Promise<A> => {
  const { DuckDBInstance } = await import("@duckdb/node-api")
  const instance = await DuckDBInstance.create(":memory:", {
    // One thread: rows keep their order and files their bytes. No extension is fetched behind the user's back.
    threads: "1",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    ...settings,
  })
  try {
    const connection = await instance.connect()
    connections.add(connection)
    try {
      refuseWhenStopped()
      return await use(connection)
    } finally {
      connections.delete(connection)
      connection.closeSync()
    }
  } finally {
    instance.closeSync()
  }
}

/** The low-level bindings, for bulk copies between typed arrays and DuckDB's vectors. */
export const loadBindings = async () => (await import("@duckdb/node-bindings")).default

/** A string as an SQL literal. */
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A file as an SQL literal, by its full path: what is allowed by one spelling is then not forbidden by another. */
export const fileLiteral = (file: string): string => literal(resolve(file))
