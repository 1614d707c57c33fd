/** Adds `analyse` to the command `branch`. What it runs loads when it runs. */
import type { Command } from "commander"
import { collect, outputOptions } from "../run-options.ts"
import type { Terminal } from "../terminal.ts"
import type { AnalyseFlags } from "./analyse-branches.ts"

export const addBranchAnalyse = (branch: Command, terminal: Terminal): void => {
  outputOptions(
    branch
      .command("analyse")
      .alias("analyze")
      .description("how few outcomes of the past decide the branches that a predictor misses, and which")
      .argument("<trace>", "trace file, or a sample such as perl-4M")
      .option("--on <predictor>", "whose misses; id or machine file", "tage-sc-l-64kb")
      .option("--branches <n>", "static branches with most misses that are analysed", "64")
      .option("--instructions <n>", "of the trace's start; without it, all")
      .option("--show <n>", "branches listed", "20")
      .option("--trace-format <name>", "format of the trace, where it is not found out")
      .option("--set <path=value>", "replace a number of the predictor (repeatable)", collect, [])
      .option("--report <file>", "write a page (HTML)"),
  )
    .addHelpText(
      "after",
      "\nExamples:\n  $ sparsim branch analyse sqlite-4M --branches 8\n  $ sparsim branch analyse ns-selfcheck --on gshare-64kb --branches 4 --json\n",
    )
    .action(async (file: string, flags: AnalyseFlags) => {
      const [{ runCommand }, { runBranchAnalyse }] = await Promise.all([
        import("../edge.ts"),
        import("./analyse-branches.ts"),
      ])
      await runCommand(terminal, runBranchAnalyse(file, flags, terminal))
    })
}
