/** A product, or several, on a spatial-array machine: from machine and sizes to a trace that every report reads. */
import { type EnergyTable } from "../../arch/energy-table.ts"
import { loadEnergyTable } from "../../arch/energy-catalogue.ts"
import { machineNumbers, type SpatialArrayMachine } from "../../arch/machine.ts"
import { formatNmPattern, type NmPattern } from "../../dataflows/sparsity/nm-pattern.ts"
import { spatialDesign, type SpatialPlan } from "../../sim/sat/spatial/plan-spatial.ts"
import { spatialActionEnergies } from "../../sim/sat/spatial/spatial-energy.ts"
import { simulateSpatialArray, type SpatialProduct } from "../../sim/sat/spatial/spatial-engine.ts"
import { spatialRoofs } from "../../sim/sat/spatial/spatial-roofs.ts"
import { type RowSink, TraceBuilder } from "../../sim/trace/builder.ts"
import { traceVersion } from "../../sim/trace/manifest.ts"
import type { Trace } from "../../sim/trace/trace.ts"
import { version } from "../version.ts"
import { contentHash, conventions } from "./manifest-head.ts"

export interface SpatialRunInput {
  readonly machine: SpatialArrayMachine
  /** Id or study name of a design; the machine's default when absent. */
  readonly design?: string
  readonly workload: { readonly id: string; readonly name: string; readonly source: string }
  /** Weights are the first operand: C[m × n] = W[m × k] · A[k × n]. */
  readonly products: readonly SpatialProduct[]
  /** The pattern that the roofs are drawn for. */
  readonly pattern: NmPattern
  /** Instead of the machine's own table and the design's own prices. */
  readonly energyTable?: EnergyTable
  readonly command: string
  readonly seed: number
  readonly warnings: readonly string[]
}

export interface SpatialRun {
  readonly trace: Trace
  readonly plans: readonly SpatialPlan[]
  readonly cycles: number
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
  const trace = builder.finish({
    schema: "sparsim-trace",
    version: traceVersion,
    tool: `sparsim ${version}`,
    command: input.command,
    machine: {
      id: machine.id,
      name: machine.name,
      kind: machine.kind,
      hash: contentHash(machine),
      numbers: machineNumbers(machine),
      roofs: spatialRoofs(machine, design, pattern),
    },
    workload: { ...workload, hash: contentHash({ products }), batch: 1 },
    settings: {
      mode: "inference",
      pattern: pattern.n === pattern.m ? "dense" : formatNmPattern(pattern),
      design: design.studyName,
      dataflow: design.dataflow,
    },
    energy: {
      table: energy.id,
      name: energy.name,
      hash: contentHash(energy),
      scope: energy.scope,
      actions,
      staticWatts: machine.energy.staticPower.value,
      staticStatus: machine.energy.staticPower.status,
    },
    seed: input.seed,
    clockHertz: machine.clock.value,
    conventions: {
      ...conventions,
      bytes:
        "operand, accumulator, shared and dram counters are bytes; .metadata counters are bytes of metadata",
      issued: "every slot of the multipliers while they run, filled by packing or not",
      useful: "weights as pruned times the stated density of activations",
    },
    warnings: input.warnings,
  })
  return { trace, plans, cycles }
}
