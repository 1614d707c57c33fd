/** Adds `compare` to the command `branch`. What it runs loads when it runs. */
import type { Command } from "commander"
import { collect, outputOptions } from "../run-options.ts"
import type { Terminal } from "../terminal.ts"
import type { PredictorCompareFlags } from "./compare-predictors.ts"

export const addBranchCompare = (branch: Command, terminal: Terminal): void => {
  outputOptions(
    branch
      .command("compare")
      .description("predictors side by side over branch traces, one pass over each trace")
      .argument("<trace...>", "trace files, or samples such as python-4M")
      .option("--on <predictors>", "ids or machine files, separated by commas (one of each kind)")
      .option("--warm-up <instructions>", "start of the trace that only trains (0)")
      .option("--trace-format <name>", "format of the traces, where it is not found out")
      .option("--set <path=value>", "replace a number of every predictor (repeatable)", collect, [])
      .option("-o, --out <dir>", "write a trace for each run into this folder")
      .option("--report <file>", "write a page (HTML)"),
  )
    .addHelpText(
      "after",
      "\nExamples:\n  $ sparsim branch compare ns-selfcheck\n  $ sparsim branch compare ns-selfcheck --on gshare-32kb,tage-64kb --json\n",
    )
    .action(async (files: string[], flags: PredictorCompareFlags) => {
      const [{ runCommand }, { runPredictorCompare }] = await Promise.all([
        import("../edge.ts"),
        import("./compare-predictors.ts"),
      ])
      await runCommand(terminal, runPredictorCompare(files, flags, terminal))
    })
}
