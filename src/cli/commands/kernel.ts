/** `sparsim kernel`: kernels of CPUs. */
import type { Command } from "commander"
import type { Terminal } from "../terminal.ts"
import { addKernelLoops } from "./kernel-loops.ts"
import { addKernelMeasurements } from "./kernel-measurements.ts"

export const addKernel = (program: Command, terminal: Terminal): void => {
  const kernel = program
    .command("kernel")
    .description("kernels of CPUs: loops on modelled cores, and real ones in WebAssembly on this machine")
    .addHelpText(
      "after",
      "\nExamples:\n  $ sparsim kernel loops --core cortex-a76\n  $ sparsim kernel bench --sparsities 90 --processes 1 --samples 3\n",
    )
  addKernelLoops(kernel, terminal)
  addKernelMeasurements(kernel, terminal)
}
