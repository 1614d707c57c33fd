/** `sparsim kernel`: kernels of CPUs. */
import type { Command } from "commander"
import type { Terminal } from "../terminal.ts"
import { addKernelLoops } from "./kernel-loops.ts"

export const addKernel = (program: Command, terminal: Terminal): void => {
  const kernel = program
    .command("kernel")
    .description("kernels of CPUs")
    .addHelpText("after", "\nExamples:\n  $ sparsim kernel loops --core cortex-a76\n")
  addKernelLoops(kernel, terminal)
}
