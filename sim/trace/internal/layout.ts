/** The files of a trace folder and the columns of its two tables, as they stand on disk. */

export const manifestFile = "manifest.json"
export const spansFile = "spans.parquet"
export const countersFile = "counters.parquet"

/** Name and DuckDB type of every column, in order. Readers ignore columns they do not know. */
export const spanFields = {
  id: "INTEGER",
  parent: "INTEGER",
  track: "VARCHAR",
  kind: "VARCHAR",
  name: "VARCHAR",
  bound: "VARCHAR",
  start: "BIGINT",
  duration: "BIGINT",
} as const

export const counterFields = {
  span: "INTEGER",
  component: "VARCHAR",
  action: "VARCHAR",
  count: "DOUBLE",
} as const

/** The columns in memory that rows arrive in: codes of 4 bytes and cycles or counts of 8. */
export const spanColumnNames = ["parent", "track", "kind", "name", "bound", "start", "duration"] as const
export const counterColumnNames = ["span", "component", "action", "count"] as const

export type Column = Int32Array | Float64Array
