/** `sparsim branch`: branch traces and predictors. */
import type { Command } from "commander"
import type { Terminal } from "../terminal.ts"
import { addBranchAnalyse } from "./branch-analyse.ts"
import { addBranchCompare } from "./branch-compare.ts"
import { addBranchTraces } from "./branch-traces.ts"

export const addBranch = (program: Command, terminal: Terminal): void => {
  const branch = program
    .command("branch")
    .description("branch traces, and predictors over them")
    .addHelpText(
      "after",
      "\nExamples:\n  $ sparsim branch compare ns-selfcheck\n  $ sparsim branch stats python-4M\n",
    )
  addBranchCompare(branch, terminal)
  addBranchAnalyse(branch, terminal)
  addBranchTraces(branch, terminal)
}
