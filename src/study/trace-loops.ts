/** The inner loops of the kernels that a run on a core names, as llvm-mca takes them. */
import { UnsupportedError } from "../../arch/errors.ts"
import { unitNames } from "../../reports/unit-names.ts"
import type { Trace } from "../../sim/trace/trace.ts"
import { builtinLoops } from "../validate/builtin-loops.ts"
import { loopOfKernel } from "../validate/loop-of-kernel.ts"
import { llvmMcaText, mcaCpuOf } from "./loop-table.ts"

/** File name and text of every loop. @throws UnsupportedError for a run on another machine, or without such a kernel */
export const loopsOfTrace = (trace: Trace): ReadonlyMap<string, string> => {
  const { machine, settings } = trace.manifest
  if (machine.kind !== "cpu") {
    throw new UnsupportedError({
      message: `${machine.name} runs no loops of instructions that a trace names: llvm-mca takes those of CPUs`,
      remedy: "Give the trace of a run on a CPU, e.g. sparsim run mobilenet-v1 --on rpi4 -o traces.",
    })
  }
  const names = [...new Set(unitNames(trace, "simd").values())].flatMap(
    (kernel) => loopOfKernel(kernel) ?? [],
  )
  const found = new Map<string, string>()
  for (const name of names.toSorted()) {
    const text = builtinLoops.get(name)
    if (text !== undefined)
      found.set(`${name}.s`, llvmMcaText({ name, text }, mcaCpuOf(settings["core"] ?? "")))
  }
  if (found.size > 0) return found
  throw new UnsupportedError({
    message: "none of the run's kernels has a loop whose instructions are known",
    remedy: "sparsim kernel loops --write DIR writes all loops that there are.",
  })
}
