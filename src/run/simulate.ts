/** One run, on whatever kind of machine. */
import type { RowSink } from "../../sim/trace/builder.ts"
import type { RunResult } from "./machine-run.ts"
import type { RunInput } from "./run-input.ts"
import { runOn } from "./run-on.ts"

/** Simulates; with a sink the rows go to disk as they come. @throws ConfigError, UnsupportedError */
export const simulate = (input: RunInput, sink?: RowSink): RunResult => runOn(input).simulate(sink)
