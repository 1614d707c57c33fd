/** The parts of a GPU as an energy table prices them; names are those of the trace's counters. */
import type { EnergyComponent } from "../../arch/energy-component.ts"
import type { GpuMachine } from "../../arch/machine.ts"
import type { GpuFormat } from "./gemm/gemm-request.ts"

export const gpuEnergyComponents = (machine: GpuMachine, format: GpuFormat): readonly EnergyComponent[] => [
  { component: "mac", kind: "mac", dtype: format, accumulate: format === "int8" ? "int32" : "fp32" },
  { component: "vector", kind: "alu", dtype: "fp32" },
  { component: "shared", kind: "sram", capacityBytes: machine.family.sm.sharedMemory.value },
  { component: "l2", kind: "sram", capacityBytes: machine.l2.capacity.value },
  { component: "dram", kind: "dram", technology: machine.dram.technology },
]
