/** For a signal handler: what reads or writes Parquet gives up, so that the process can leave. */
export { stopDuckDb as stopTraceWork } from "./internal/duckdb.ts"
