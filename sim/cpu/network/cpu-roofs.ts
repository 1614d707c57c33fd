/** The ceilings of a CPU core's roofline, and its parts as an energy table prices them. */
import type { EnergyComponent } from "../../../arch/energy-component.ts"
import type { CpuMachine } from "../../../arch/machine.ts"
import { worstStatus } from "../../../arch/worst-status.ts"
import type { Roof } from "../../trace/manifest.ts"
import { floatBytes, lanes } from "./core-rates.ts"

/** Vector loads that start in a cycle for every vector multiply-add that can: one, on all cores here. Assumed. */
const loadsPerFma = 1

const cacheRoof = (
  id: string,
  name: string,
  source: string,
  { value, status }: CpuMachine["family"]["l2"]["bandwidth"],
): Roof => ({ id, name, kind: "memory", perCycle: value, counters: [`${id}.read`], status, source })

/** SIMD peak, and what each cache and DRAM deliver, per cycle. */
export const cpuRoofs = ({ family, l2, dram, clock }: CpuMachine): readonly Roof[] => [
  {
    id: "peak-dense",
    name: "fp32 SIMD peak",
    kind: "compute",
    perCycle: family.vectorFma.value * lanes,
    counters: [],
    convention: "issued",
    status: family.vectorFma.status,
    source: `family.vectorFma × ${lanes} lanes`,
  },
  {
    id: "l1",
    name: "L1 loads",
    kind: "memory",
    perCycle: family.vectorFma.value * loadsPerFma * lanes * floatBytes,
    counters: ["l1.read"],
    status: "assumed",
    source: "a 128-bit load for every multiply-add that can start",
  },
  ...(l2 === undefined ? [] : [cacheRoof("l2", "L2", "family.l2.bandwidth", family.l2.bandwidth)]),
  l2 === undefined
    ? cacheRoof("llc", "L2", "family.l2.bandwidth", family.l2.bandwidth)
    : cacheRoof("llc", "L3", "family.l3.bandwidth", (family.l3 ?? family.l2).bandwidth),
  {
    id: "dram",
    name: "DRAM",
    kind: "memory",
    perCycle: dram.bandwidth.value / clock.value,
    counters: ["dram.read", "dram.write"],
    status: worstStatus(dram.bandwidth.status, clock.status),
    source: "dram.bandwidth ÷ clock, one core",
  },
]

/** Names are those of the trace's counters. */
export const cpuEnergyComponents = ({
  family,
  l2,
  lastCache,
  dram,
}: CpuMachine): readonly EnergyComponent[] => [
  { component: "mac", kind: "mac", dtype: "fp32", accumulate: "fp32" },
  { component: "vector", kind: "alu", dtype: "fp32" },
  { component: "l1", kind: "sram", capacityBytes: family.l1.capacity.value },
  ...(l2 === undefined ? [] : [{ component: "l2", kind: "sram" as const, capacityBytes: l2.capacity.value }]),
  { component: "llc", kind: "sram", capacityBytes: lastCache.capacity.value },
  { component: "dram", kind: "dram", technology: dram.technology },
]
