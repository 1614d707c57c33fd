/** What traces must share to stand on one page of predictors. */
import { ConfigError } from "../../arch/errors.ts"
import type { Trace } from "../../sim/trace/trace.ts"

/** A predictor's run over a branch trace. */
export const isBranchTrace = ({ manifest }: Trace): boolean => manifest.machine.kind === "branch"

/** @throws ConfigError where some traces are of predictors and some are not */
export const checkAllBranchTraces = (traces: readonly Trace[]): void => {
  const other = traces.find((trace) => !isBranchTrace(trace))
  if (other === undefined) return
  const { machine } = other.manifest
  throw new ConfigError({
    message: `traces of branch predictors and of ${machine.id}, a machine of kind ${machine.kind}, do not go together`,
    remedy: "Make one page of the predictors' traces and another of the rest.",
  })
}

/** @throws ConfigError where predictors ran over different traces, or over different parts of one */
export const checkSameBranchWork = (traces: readonly Trace[]): void => {
  checkAllBranchTraces(traces)
  const first = traces[0]?.manifest
  for (const { manifest } of traces) {
    if (manifest.workload.id !== first.workload.id) {
      throw new ConfigError({
        message: `the predictors ran over different traces: ${first.workload.id} and ${manifest.workload.id}`,
        remedy: "Compare predictors over one workload.",
      })
    }
    if (manifest.workload.hash !== first.workload.hash) {
      throw new ConfigError({
        message: `the predictors ran over different branches of ${first.workload.id}: the counts of ${first.machine.id} and ${manifest.machine.id} differ`,
        remedy: "Run both over the same file with the same --warm-up.",
      })
    }
  }
}
