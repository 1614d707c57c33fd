import type { CpuMachine } from "../../arch/machine.ts"
import { UnsupportedError } from "../../arch/errors.ts"
import type { MachineRun } from "./machine-run.ts"
import type { RunInput } from "./run-input.ts"

export const cpuRun = ({ machine }: RunInput<CpuMachine>): MachineRun => {
  throw new UnsupportedError({ message: `${machine.id}: runs on CPUs are not there yet`, remedy: "" })
}
