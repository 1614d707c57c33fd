/** The ceilings of an array machine's roofline. */
import type { ArrayMachine } from "../../arch/machine.ts"
import { formatNmPattern, isDense, type NmPattern } from "../../dataflows/sparsity/nm-pattern.ts"
import type { Status } from "../../arch/quantity.ts"
import type { Roof } from "../trace/manifest.ts"
import { arrayModel } from "./stage-cost.ts"

/** The least certain of several statuses. */
const weakest = (...statuses: readonly Status[]): Status => {
  const order: readonly Status[] = ["published", "measured", "derived", "fitted", "assumed"]
  return order[Math.max(...statuses.map((status) => order.indexOf(status)))]
}

/** Dense and N:M peaks, the array's edge ports into the buffers, and DRAM. */
export const arrayRoofs = (machine: ArrayMachine, pattern: NmPattern | undefined): readonly Roof[] => {
  const { rows, cols } = machine.array
  const model = arrayModel(machine)
  const pes = rows.value * cols.value
  const arrayStatus = weakest(rows.status, cols.status)
  const peak: Roof = {
    id: "peak-dense",
    name: "dense peak",
    kind: "compute",
    perCycle: pes,
    counters: [],
    convention: "issued",
    status: arrayStatus,
    source: `array.rows × array.cols = ${rows.value} × ${cols.value} MAC/cycle`,
  }
  const sparsePeak: readonly Roof[] =
    pattern === undefined || isDense(pattern)
      ? []
      : [
          {
            id: "peak-sparse",
            name: `${formatNmPattern(pattern)} peak`,
            kind: "compute",
            perCycle: (pes * pattern.m) / pattern.n,
            counters: [],
            convention: "dense-equivalent",
            status: arrayStatus,
            source: `dense peak × M/N = ${pes} × ${pattern.m}/${pattern.n} dense-equivalent MAC/cycle`,
          },
        ]
  const group = pattern === undefined ? 1 : pattern.m / pattern.n
  return [
    peak,
    ...sparsePeak,
    {
      id: "sram",
      name: "buffer ports",
      kind: "memory",
      perCycle:
        (rows.value * group + cols.value) * model.elementBytes * 2 + 2 * cols.value * model.partialBytes,
      counters: ["ifmap", "filter", "ofmap"].flatMap((b) => [`sram.${b}.read`, `sram.${b}.write`]),
      status: "assumed",
      source:
        "one element per row (a group's share of M/N when sparse) and per column each cycle, in and out, and one sum per column in and out",
    },
    {
      id: "dram",
      name: "DRAM",
      kind: "memory",
      perCycle: model.dramBytesPerCycle,
      counters: ["dram.read", "dram.write"],
      status: weakest(machine.dram.bandwidth.status, machine.dram.efficiency.status, machine.clock.status),
      source: "dram.bandwidth × dram.efficiency ÷ clock",
    },
  ]
}
