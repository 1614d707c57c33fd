/** The ceilings of a spatial array's roofline: its multipliers and the ports of its memories. */
import type { SpatialArrayMachine } from "../../../arch/machine.ts"
import type { Quantity } from "../../../arch/quantity.ts"
import { worstStatus } from "../../../arch/worst-status.ts"
import { formatNmPattern, isDense, type NmPattern } from "../../../dataflows/sparsity/nm-pattern.ts"
import type { Roof } from "../../trace/manifest.ts"
import { runnablePattern, type SpatialDesign } from "./stored-operand.ts"

/** Dense peak, the peak of the pattern that the design runs, and one roof for every port with a stated bandwidth. */
export const spatialRoofs = (
  machine: SpatialArrayMachine,
  design: SpatialDesign,
  pattern: NmPattern,
): readonly Roof[] => {
  const { subPartitions, rows, cols } = machine.array
  const multipliers = subPartitions.value * rows.value * cols.value
  const status = worstStatus(subPartitions.status, rows.status, cols.status)
  const peak: Roof = {
    id: "peak-dense",
    name: "dense peak",
    kind: "compute",
    perCycle: multipliers,
    counters: [],
    convention: "issued",
    status,
    source: `array.subPartitions × rows × cols = ${multipliers} MAC/cycle`,
  }
  const runs = runnablePattern(design, pattern)
  const sparsePeak: readonly Roof[] = isDense(runs)
    ? []
    : [
        {
          id: "peak-sparse",
          name: `${formatNmPattern(runs)} peak`,
          kind: "compute",
          perCycle: (multipliers * runs.m) / runs.n,
          counters: [],
          convention: "dense-equivalent",
          status,
          source: `dense peak × M/N of what the design runs = ${multipliers} × ${runs.m}/${runs.n} dense-equivalent MAC/cycle`,
        },
      ]
  const port = (
    name: string,
    component: string,
    action: "read" | "write",
    { value, status: known, source }: Quantity,
    copies: number,
  ): Roof => ({
    id: `${component}-${action}`,
    name: `${name} ${action}s`,
    kind: "memory",
    perCycle: value * copies,
    counters: [`${component}.${action}`, `${component}.metadata.${action}`],
    status: known,
    source,
  })
  const { accumulatorPorts } = design
  const { sharedMemory, dram } = machine
  return [
    peak,
    ...sparsePeak,
    ...(accumulatorPorts === undefined
      ? []
      : (["read", "write"] as const).map((action) =>
          port("accumulator", "accumulator", action, accumulatorPorts[action], subPartitions.value),
        )),
    port("shared-memory", "shared", "read", sharedMemory.read, 1),
    port("shared-memory", "shared", "write", sharedMemory.write, 1),
    port("DRAM", "dram", "read", dram.read, 1),
    port("DRAM", "dram", "write", design.dramWrite, 1),
  ]
}
