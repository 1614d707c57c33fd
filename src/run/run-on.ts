/**
 * From the kind of a machine to what runs on it. A new kind plugs in at four places, and the type checker names the last
 * two when they are missing: its file form among the `kinds` of `arch/machine-catalogue.ts` and in the union `Machine`; an
 * engine in `sim/` that writes a trace; a `MachineRun` of its own beside `array-run.ts`; and a case here.
 */
import { UnsupportedError } from "../../arch/errors.ts"
import { arrayRun } from "./array-run.ts"
import { cpuRun } from "./cpu-run.ts"
import { gpuRun } from "./gpu-run.ts"
import type { MachineRun } from "./machine-run.ts"
import type { RunInput } from "./run-input.ts"
import { spatialRun } from "./spatial-run.ts"

export const runOn = (input: RunInput): MachineRun => {
  const { machine } = input
  switch (machine.kind) {
    case "array":
      return arrayRun({ ...input, machine })
    case "spatial-array":
      return spatialRun({ ...input, machine })
    case "gpu":
      return gpuRun({ ...input, machine })
    case "cpu":
      return cpuRun({ ...input, machine })
    case "branch":
      throw new UnsupportedError({
        message: `${machine.id} predicts branches and multiplies nothing: ${input.network.id} is no branch trace`,
        remedy:
          "Give it a trace file, e.g. one that `sparsim branch capture` wrote, or take another machine for a network.",
      })
  }
}
