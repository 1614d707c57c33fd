/** What of an array machine the closed form reads: numbers in base units, without where they come from. */
import type { ArrayMachine } from "../../arch/machine.ts"
import { ConfigError } from "../../arch/errors.ts"
import type { ValuesOf } from "../../arch/values-of.ts"

/** A whole `ArrayMachine` is one of these too. */
export type ArrayNumbers = ValuesOf<{
  readonly dtype: ArrayMachine["dtype"]
  readonly accumulate: ArrayMachine["accumulate"]
  readonly clock: ArrayMachine["clock"]
  readonly array: Omit<ArrayMachine["array"], "maxGroup">
  readonly buffers: ArrayMachine["buffers"]
  readonly dram: Omit<ArrayMachine["dram"], "technology">
  readonly sore: ArrayMachine["sore"]
  readonly wuve: ArrayMachine["wuve"]
  readonly vector: ArrayMachine["vector"]
}>

/** What of the machine is no number. */
export type ArrayForms = Pick<ArrayNumbers, "dtype" | "accumulate"> & Pick<ArrayNumbers["array"], "dataflows">

/** Numbers of the machine by their path in its file, base units. @throws ConfigError where one is missing */
export const arrayNumbers = (
  { dtype, accumulate, dataflows }: ArrayForms,
  byPath: ReadonlyMap<string, number>,
): ArrayNumbers => {
  const at = (path: string): { readonly value: number } => {
    const value = byPath.get(path)
    if (value !== undefined) return { value }
    throw new ConfigError({ message: `an array machine needs the number ${path}` })
  }
  return {
    dtype,
    accumulate,
    clock: at("clock"),
    array: {
      dataflows,
      rows: at("array.rows"),
      cols: at("array.cols"),
      pipelineLatency: at("array.pipelineLatency"),
      accumulateLatency: at("array.accumulateLatency"),
      interleave: at("array.interleave"),
      delivery: at("array.delivery"),
      switchLatency: at("array.switchLatency"),
    },
    buffers: {
      ifmap: at("buffers.ifmap"),
      filter: at("buffers.filter"),
      ofmap: at("buffers.ofmap"),
      activeShare: at("buffers.activeShare"),
    },
    dram: { bandwidth: at("dram.bandwidth"), efficiency: at("dram.efficiency") },
    sore: { lanes: at("sore.lanes") },
    wuve: { lanes: at("wuve.lanes") },
    vector: { lanes: at("vector.lanes") },
  }
}
