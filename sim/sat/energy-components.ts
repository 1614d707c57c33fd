/** The parts of an array machine as an energy table prices them; names are those of the trace's counters. */
import type { EnergyComponent } from "../../arch/energy-component.ts"
import type { ArrayMachine } from "../../arch/machine.ts"

export const arrayEnergyComponents = (machine: ArrayMachine): readonly EnergyComponent[] => [
  { component: "mac", kind: "mac", dtype: machine.dtype, accumulate: machine.accumulate },
  { component: "register", kind: "register" },
  { component: "sram.ifmap", kind: "sram", capacityBytes: machine.buffers.ifmap.value },
  { component: "sram.filter", kind: "sram", capacityBytes: machine.buffers.filter.value },
  { component: "sram.ofmap", kind: "sram", capacityBytes: machine.buffers.ofmap.value },
  { component: "dram", kind: "dram", technology: machine.dram.technology },
  { component: "sore", kind: "comparator", bits: machine.dtype === "int8" ? 8 : 16 },
  { component: "wuve", kind: "alu", dtype: "fp32" },
  { component: "vector", kind: "alu", dtype: "fp32" },
]
