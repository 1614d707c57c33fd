/** Adds `stats`, `convert` and `capture` to the command `branch`. What they run loads when it runs. */
import type { Command } from "commander"
import { outputOptions } from "../run-options.ts"
import type { Terminal } from "../terminal.ts"
import type { BranchCaptureFlags } from "./branch-capture.ts"
import type { BranchConvertFlags } from "./branch-convert.ts"
import type { BranchStatsFlags } from "./branch-stats.ts"
import { examples } from "../examples.ts"

const formatOption = "format of the file, where it is not found out"

export const addBranchTraces = (branch: Command, terminal: Terminal): void => {
  outputOptions(
    branch
      .command("stats")
      .description("what branch traces are made of: classes, directions, working set, hottest branches")
      .argument("<trace...>", "trace files, or samples such as python-4M")
      .option("--format <name>", formatOption)
      .option("--hottest <n>", "branches listed", "10"),
  )
    .addHelpText(
      "after",
      examples(["sparsim branch stats ns-selfcheck", "sparsim branch stats ns-selfcheck sqlite-4M --json"]),
    )
    .action(async (files: string[], flags: BranchStatsFlags) => {
      const [{ runCommand }, { runBranchStats }] = await Promise.all([
        import("../edge.ts"),
        import("./branch-stats.ts"),
      ])
      await runCommand(terminal, runBranchStats(files, flags, terminal))
    })

  outputOptions(
    branch
      .command("convert")
      .description("write a branch trace of any known format as SBBT")
      .argument("<trace>", "trace file, or a sample such as python-4M")
      .requiredOption("-o, --out <file>", "the file: .sbbt.zst, or .sbbt for one that is not packed")
      .option("--format <name>", formatOption)
      .option("--skip <n>", "branches left out at the start", "0")
      .option("--max <n>", "branches written; without it, all"),
  )
    .addHelpText(
      "after",
      examples([
        "sparsim branch convert ns-selfcheck -o ns.sbbt",
        "sparsim branch convert gzip-4M -o part.sbbt.zst --skip 1000000 --max 500000",
      ]),
    )
    .action(async (file: string, flags: BranchConvertFlags) => {
      const [{ runCommand }, { runBranchConvert }] = await Promise.all([
        import("../edge.ts"),
        import("./branch-convert.ts"),
      ])
      await runCommand(terminal, runBranchConvert(file, flags, terminal))
    })

  outputOptions(
    branch
      .command("capture")
      .description(
        "run a program of Linux (x86-64, AArch64 or RISC-V) under qemu-user and write its branches; needs qemu-user and a C compiler",
      )
      .argument("<program...>", "the program and its arguments, after --")
      .requiredOption("-o, --out <file>", "the file: .sbbt.zst, or .sbbt for one that is not packed")
      .option("--skip <n>", "branches left out at the start", "0")
      .option("--max <n>", "branches written, after which the program is stopped; without it, all")
      .option("--sysroot <dir>", "folder of the libraries of a program for another processor"),
  )
    .addHelpText(
      "after",
      examples([
        "sparsim branch capture -o ls.sbbt.zst --max 1000000 -- ls -l /",
        "sparsim branch capture -o true.sbbt.zst --skip 1000 --json -- true",
      ]),
    )
    .action(async (program: string[], flags: BranchCaptureFlags) => {
      const [{ runCommand }, { runBranchCapture }] = await Promise.all([
        import("../edge.ts"),
        import("./branch-capture.ts"),
      ])
      await runCommand(terminal, runBranchCapture(program, flags, terminal))
    })
}
