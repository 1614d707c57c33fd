/** What a run is asked to do, with the command line's defaults. */
import type { RunSpec } from "../../src/run/run-spec.ts"

export const specOf = (spec: Partial<RunSpec> & Pick<RunSpec, "workload">): RunSpec => ({
  machine: "sat-vcu1525",
  overrides: [],
  ablate: [],
  objective: "time",
  seed: 1,
  detail: "stage",
  compat: "none",
  ...spec,
})
