/** Adds `loops` to the command `kernel`. What it runs loads when it runs. */
import type { Command } from "commander"
import { collect, outputOptions } from "../run-options.ts"
import type { Terminal } from "../terminal.ts"

interface Flags {
  readonly core: readonly string[]
  readonly write?: string
  readonly json?: true
  readonly quiet?: true
}

export const addKernelLoops = (kernel: Command, terminal: Terminal): void => {
  outputOptions(
    kernel
      .command("loops")
      .description("cycles of AArch64 kernel loops on the cores of CPUs, and what holds each back")
      .argument("[loops...]", "built-in loops or assembly files (.s); without any, all built-in ones")
      .option("--core <id>", "one core, e.g. cortex-a76 (repeatable)", collect, [])
      .option("--write <dir>", "write the loops as llvm-mca takes them"),
  )
    .addHelpText(
      "after",
      `
Examples:
  $ sparsim kernel loops --core cortex-a76
  $ sparsim kernel loops spmm-32x1-pipelined --json
  $ sparsim kernel loops --core neoverse-n1 --write loops
`,
    )
    .action(async (loops: readonly string[], { core, write, json, quiet }: Flags) => {
      const [{ attempt, runCommand }, { runKernelLoops }, { readPath }, Effect] = await Promise.all([
        import("../edge.ts"),
        import("./kernel-loop-table.ts"),
        import("../read-path.ts"),
        import("effect/Effect"),
      ])
      const command = attempt(() => ({
        loops,
        cores: core,
        write: write === undefined ? undefined : readPath("--write", write),
        json: json === true,
        quiet: quiet === true,
      }))
      await runCommand(
        terminal,
        Effect.flatMap(command, (c) => runKernelLoops(c, terminal)),
      )
    })
}
