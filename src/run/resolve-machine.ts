/** The machine of a run: built in, a file of the user's, or what a SCALE-Sim configuration describes. */
import { readFile } from "node:fs/promises"
import { splitSparse } from "../../arch/branch-sparse-catalogue.ts"
import { ConfigError } from "../../arch/errors.ts"
import { type ArrayMachine, asArrayMachine, type Machine } from "../../arch/machine.ts"
import {
  loadArrayMachine,
  loadMachine,
  machineFromText,
  type Override,
} from "../../arch/machine-catalogue.ts"
import type { ScaleSimConfig } from "../workload/scalesim/config.ts"

const isPath = (name: string): boolean => /[/\\]/.test(name) || /\.(ya?ml|json)$/i.test(name)

/** @throws ConfigError */
export const resolveAnyMachine = async (name: string, overrides: readonly Override[]): Promise<Machine> => {
  const { predictor: file, sparse } = splitSparse(name)
  if (!isPath(file)) return loadMachine(name, overrides)
  let text: string
  try {
    text = await readFile(file, "utf8")
  } catch {
    throw new ConfigError({
      message: "the machine file cannot be read",
      place: { file },
      remedy: "Check the path, or name a built-in machine (`sparsim machines`).",
    })
  }
  return machineFromText(text, file, overrides, sparse)
}

/** @throws ConfigError; UnsupportedError for a machine that is not a systolic array */
export const resolveMachine = async (name: string, overrides: readonly Override[]): Promise<ArrayMachine> =>
  asArrayMachine(await resolveAnyMachine(name, overrides))

/** SCALE-Sim's architecture presets as a machine; what the file does not say is the 32 × 32 machine's. */
export const machineFromConfig = (config: ScaleSimConfig, overrides: readonly Override[]): ArrayMachine => {
  const { array, sram, bandwidth } = config
  const says = (path: string, value: number, unit: string): Override => ({
    path,
    value,
    unit,
    origin: "the SCALE-Sim configuration file",
  })
  return loadArrayMachine(`systolic-${array.height}x${array.width}`, [
    says("array.rows", array.height, "PE"),
    says("array.cols", array.width, "PE"),
    says("buffers.ifmap", sram.ifmap, "KiB"),
    says("buffers.filter", sram.filter, "KiB"),
    says("buffers.ofmap", sram.ofmap, "KiB"),
    // Words are bytes, and the array's clock is 1 GHz: words a cycle are GB/s.
    says("dram.bandwidth", bandwidth[0], "GB/s"),
    ...overrides,
  ])
}
