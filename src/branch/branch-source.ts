/** A trace file as something to run predictors over. */
import { openBranchTrace, type BranchTraceOptions } from "../workload/branch-trace/open-branch-trace.ts"
import type { BranchSource } from "./branch-run.ts"

/** @throws WorkloadError */
export const openBranchSource = async (
  file: string,
  options: BranchTraceOptions = {},
): Promise<BranchSource> => {
  const { format, blocks, instructions } = await openBranchTrace(file, options)
  return { name: file, format, blocks, instructions }
}
