/** Errors as values. Each is made where the knowledge is and rendered in one place, `src/cli/render-error.ts`. */
import * as Data from "effect/Data"

/** Where in a user's file something is wrong; lines and columns count from 1. */
export interface Place {
  readonly file: string
  readonly line?: number
  readonly column?: number
  /** JSON path inside the file, e.g. `dram.bandwidth.value`. */
  readonly path?: string
}

interface Explained {
  /** One sentence: what was found and what was expected. */
  readonly message: string
  readonly place?: Place
  /** What to do about it, e.g. the nearest valid name. */
  readonly remedy?: string
}

/** A machine, energy table, option or plan is wrong. */
export class ConfigError extends Data.TaggedError("ConfigError")<Explained> {}
/** A workload file or name cannot be read as what it claims to be. */
export class WorkloadError extends Data.TaggedError("WorkloadError")<Explained> {}
/** A trace folder is missing, truncated, inconsistent or of an unknown version. */
export class TraceError extends Data.TaggedError("TraceError")<Explained> {}
/** The request is valid but this machine or engine cannot do it. */
export class UnsupportedError extends Data.TaggedError("UnsupportedError")<Explained> {}
/** A result could not be written: full disk, no permission. Exit code 1, unlike the others. */
export class OutputError extends Data.TaggedError("OutputError")<Explained> {}

export type SparsimError = ConfigError | WorkloadError | TraceError | UnsupportedError | OutputError
