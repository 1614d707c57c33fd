/** What `sparsim run` is asked to do. */
import type { RunSpec } from "../../run/run-spec.ts"

export interface RunCommand {
  readonly spec: RunSpec
  /** Folder for the trace. */
  readonly out?: string
  /** File for the page. */
  readonly report?: string
  readonly json: boolean
  readonly quiet: boolean
  /** Layers shown: the slowest ones, or all. */
  readonly layers: number | "all"
  /** Whether to work out uncertainty bands, and what each feature buys. */
  readonly bands: boolean
  readonly ablations: boolean
  /** File to save the schedule in. */
  readonly saveSchedule?: string
}
