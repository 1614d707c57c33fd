/** A product, or several, on a spatial-array machine: from machine and sizes to a trace that every report reads. */
import { type EnergyTable } from "../../arch/energy-table.ts"
import { loadEnergyTable } from "../../arch/energy-catalogue.ts"
import type { SpatialArrayMachine } from "../../arch/machine.ts"
import { formatNmPattern, type NmPattern } from "../../dataflows/sparsity/nm-pattern.ts"
import { spatialDesign } from "../../sim/sat/spatial/plan-spatial.ts"
import { spatialActionEnergies } from "../../sim/sat/spatial/spatial-energy.ts"
import {
  type ProductPlan,
  simulateSpatialArray,
  type SpatialProduct,
} from "../../sim/sat/spatial/spatial-engine.ts"
import { spatialRoofs } from "../../sim/sat/spatial/spatial-roofs.ts"
import { type RowSink, TraceBuilder } from "../../sim/trace/builder.ts"
import type { Manifest } from "../../sim/trace/manifest.ts"
import type { Trace } from "../../sim/trace/trace.ts"
import { manifestHead } from "./manifest-head.ts"

export interface SpatialRunInput {
  readonly machine: SpatialArrayMachine
  /** Id or study name of a design; the machine's default when absent. */
  readonly design?: string
  readonly workload: Manifest["workload"]
  /** Weights are the first operand: C[m × n] = W[m × k] · A[k × n]. */
  readonly products: readonly SpatialProduct[]
  /** The pattern that the roofs are drawn for. */
  readonly pattern: NmPattern
  /** Instead of the machine's own table and the design's own prices. */
  readonly energyTable?: EnergyTable
  /** Further settings of the run, or others in place of those that follow from the rest. */
  readonly settings?: Readonly<Record<string, string>>
  readonly command: string
  readonly seed: number
  readonly warnings: readonly string[]
}

export interface SpatialRun {
  readonly trace: Trace
  readonly plans: readonly ProductPlan[]
  readonly cycles: number
}

const splitNote = (plans: readonly ProductPlan[]): readonly string[] => {
  const split = plans.filter(({ parts }) => parts.length > 1).length
  return split === 0
    ? []
    : [
        `${split} of ${plans.length} products are deeper than the shared memory and run in parts along k, their sums kept in DRAM: an assumption, the study has none so deep`,
      ]
}

/** @throws ConfigError for an unknown design or an unpriced part; UnsupportedError for what the design cannot run */
export const simulateSpatial = (input: SpatialRunInput, sink?: RowSink): SpatialRun => {
  const { machine, workload, products, pattern } = input
  const design = spatialDesign(machine, input.design)
  const energy = input.energyTable ?? loadEnergyTable(machine.energy.table)
  const actions = spatialActionEnergies(machine, design, energy)
  const builder = new TraceBuilder(sink === undefined ? {} : { sink })
  const plans = simulateSpatialArray(machine, design, products, actions, builder)
  const cycles = builder.lastCycle
  const trace = builder.finish(
    manifestHead({
      machine,
      roofs: spatialRoofs(machine, design, pattern),
      workload,
      energy: { table: energy, actions },
      settings: {
        mode: "inference",
        pattern: pattern.n === pattern.m ? "dense" : formatNmPattern(pattern),
        design: design.studyName,
        dataflow: design.dataflow,
        ...input.settings,
      },
      command: input.command,
      seed: input.seed,
      conventions: {
        bytes:
          "operand, accumulator, shared and dram counters are bytes; .metadata counters are bytes of metadata",
        issued: "every slot of the multipliers while they run, filled by packing or not",
        useful: "weights as pruned times the stated density of activations",
      },
      warnings: [...input.warnings, ...splitNote(plans)],
    }),
  )
  return { trace, plans, cycles }
}
