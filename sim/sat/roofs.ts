/** The ceilings of an array machine's roofline. */
import type { ArrayMachine } from "../../arch/machine.ts"
import { worstStatus } from "../../arch/worst-status.ts"
import type { MappedGemm, ReductionSparsity } from "../../dataflows/gemm.ts"
import { formatNmPattern, isDense, type NmPattern } from "../../dataflows/sparsity/nm-pattern.ts"
import type { MappedWork } from "../../dataflows/work.ts"
import type { Roof } from "../trace/manifest.ts"
import { type ArrayModel, arrayModel, metadataBytes } from "./stage-cost.ts"

const gemmsOf = ({ passes }: MappedWork): readonly MappedGemm[] =>
  passes
    .flatMap(({ layers }) => layers)
    .flatMap(({ stages }) => stages.flatMap((stage) => ("gemms" in stage ? stage.gemms : [])))

/** What is sparse in a run, for its roofs. */
const sparsitiesOf = (work: MappedWork | undefined): readonly ReductionSparsity[] =>
  work === undefined
    ? []
    : gemmsOf(work).flatMap(({ sparsity }) =>
        sparsity === undefined || isDense(sparsity.pattern) ? [] : [sparsity],
      )

const usesMasks = (work: MappedWork | undefined): boolean =>
  work?.passes.some(({ layers }) =>
    layers.some(({ stages }) =>
      stages.some(
        (stage) =>
          stage.stage === "prune" ||
          (stage.stage === "update" && stage.update.masks > 0) ||
          ("gemms" in stage && stage.online !== undefined),
      ),
    ),
  ) ?? false

/** Units between buffers and multipliers: the selector that dense groups pass, the decoder of kept values' positions. */
const operandUnits = (
  { array }: ArrayMachine,
  { elementBytes }: ArrayModel,
  sparsities: readonly ReductionSparsity[],
): readonly Roof[] => {
  if (sparsities.length === 0) return []
  const { rows, cols, delivery } = array
  const edge = Math.max(rows.value, cols.value)
  const perPosition = Math.max(...sparsities.map(metadataBytes))
  const edgeStatus = worstStatus(rows.status, cols.status)
  return [
    {
      id: "delivery",
      name: "dense-operand delivery",
      kind: "unit",
      perCycle: edge * delivery.value * elementBytes,
      counters: ["through.delivery.bytes"],
      status: worstStatus(edgeStatus, delivery.status),
      source: `max(array.rows, array.cols) × array.delivery × bytes of an element = ${edge} × ${delivery.value} × ${elementBytes} B/cycle: a kept element of N:M brings M/N dense ones`,
    },
    ...(perPosition === 0
      ? []
      : [
          {
            id: "metadata",
            name: "metadata decode",
            kind: "unit" as const,
            perCycle: edge * perPosition,
            counters: ["through.metadata.bytes"],
            status: "assumed" as const,
            source: `max(array.rows, array.cols) positions of kept values a cycle, ${perPosition * 8} bits each: one beside every kept value that enters the array; the decoder is not readable`,
          },
        ]),
  ]
}

/** Mask generator, weight-update engine and vector unit, where the run uses them. */
const engines = (machine: ArrayMachine, model: ArrayModel, work: MappedWork | undefined): readonly Roof[] => {
  const trains = work !== undefined && work.passes.length > 1
  const { sore, wuve, vector } = machine
  return [
    ...(usesMasks(work)
      ? [
          {
            id: "sore",
            name: "mask generator (SORE)",
            kind: "unit" as const,
            perCycle: sore.lanes.value * model.elementBytes,
            counters: ["through.sore.bytes"],
            status: sore.lanes.status,
            source: `sore.lanes × bytes of an element = ${sore.lanes.value} × ${model.elementBytes} B/cycle: one dense element a lane and cycle, whatever N is (${sore.lanes.source})`,
          },
        ]
      : []),
    ...(trains
      ? [
          {
            id: "wuve",
            name: "weight update (WUVE)",
            kind: "unit" as const,
            perCycle: wuve.lanes.value * 4,
            counters: ["through.wuve.bytes"],
            status: wuve.lanes.status,
            source: `wuve.lanes × 4 bytes of a master weight = ${wuve.lanes.value} × 4 B/cycle; an optimiser of several steps passes each weight as often`,
          },
        ]
      : []),
    ...(work === undefined
      ? []
      : [
          {
            id: "vector",
            name: "vector unit",
            kind: "unit" as const,
            perCycle: vector.lanes.value * model.elementBytes,
            counters: ["through.vector.bytes"],
            status: vector.lanes.status,
            source: `vector.lanes × bytes of an element = ${vector.lanes.value} × ${model.elementBytes} B/cycle`,
          },
        ]),
  ]
}

/**
 * Dense and N:M peaks, the array's edge ports into the buffers, DRAM; and, for the work of a run, the units that it uses.
 * `pattern` is the run's own; layers with patterns of their own raise what ports and decoder must be able to take.
 */
export const arrayRoofs = (
  machine: ArrayMachine,
  pattern: NmPattern | undefined,
  work?: MappedWork,
): readonly Roof[] => {
  const { rows, cols } = machine.array
  const model = arrayModel(machine)
  const sparsities = sparsitiesOf(work)
  const pes = rows.value * cols.value
  const arrayStatus = worstStatus(rows.status, cols.status)
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
  const group = Math.max(
    pattern === undefined ? 1 : pattern.m / pattern.n,
    ...sparsities.map(({ pattern: own }) => own.m / own.n),
  )
  const sparsePeak: readonly Roof[] =
    pattern === undefined || isDense(pattern)
      ? []
      : [
          {
            id: "peak-sparse",
            name: `${formatNmPattern(pattern)} peak`,
            kind: "compute",
            perCycle: pes * group,
            counters: [],
            convention: "dense-equivalent",
            status: arrayStatus,
            source: `dense peak × M/N = ${pes} × ${Number(group.toPrecision(6))} dense-equivalent MAC/cycle`,
          },
        ]
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
      status: worstStatus(
        machine.dram.bandwidth.status,
        machine.dram.efficiency.status,
        machine.clock.status,
      ),
      source: "dram.bandwidth × dram.efficiency ÷ clock",
    },
    ...operandUnits(machine, model, sparsities),
    ...engines(machine, model, work),
  ]
}
