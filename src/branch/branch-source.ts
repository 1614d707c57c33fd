/** A trace file as something to run predictors over. */
import { existsSync } from "node:fs"
import { openBranchTrace, type BranchTraceOptions } from "../workload/branch-trace/open-branch-trace.ts"
import { samplePath } from "../workload/branch-trace/sample-traces.ts"
import type { BranchSource } from "./branch-run.ts"

export interface BranchFile extends BranchSource {
  /** What the header says; undefined where there is none, or it says 0. */
  readonly declaredInstructions: () => number | undefined
}

/** A file, or a trace of the package by name. @throws WorkloadError */
export const openBranchSource = async (
  file: string,
  options: BranchTraceOptions = {},
): Promise<BranchFile> => {
  const { format, blocks, instructions, declaredInstructions } = await openBranchTrace(
    existsSync(file) ? file : (samplePath(file) ?? file),
    options,
  )
  const reopen = (): Promise<BranchFile> => openBranchSource(file, options)
  return { name: file, format, blocks, reopen, instructions, declaredInstructions }
}
