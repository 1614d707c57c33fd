/** A SCALE-Sim topology with its configuration, counted as SCALE-Sim counts. */
import { UnsupportedError } from "../../arch/errors.ts"
import { isDense } from "../../dataflows/sparsity/nm-pattern.ts"
import { arrayEnergyComponents } from "../../sim/sat/energy-components.ts"
import { arrayRoofs } from "../../sim/sat/roofs.ts"
import { type NamedScaleSimLayer, simulateScaleSim } from "../../sim/sat/scalesim-engine.ts"
import type { ScaleSimResult } from "../../sim/sat/scalesim-compat.ts"
import { type RowSink, TraceBuilder } from "../../sim/trace/builder.ts"
import type { Trace } from "../../sim/trace/trace.ts"
import type { ScaleSimConfig } from "../workload/scalesim/config.ts"
import { expandDepthwise } from "../workload/scalesim/depthwise-expansion.ts"
import { distinctNames } from "../workload/scalesim/distinct-names.ts"
import { scaleSimGemm } from "../workload/scalesim/gemm-view.ts"
import type { ScaleSimTopology } from "../workload/scalesim/topology.ts"
import type { MachineRun } from "./machine-run.ts"
import { pricedActions } from "./priced-actions.ts"
import { manifestHead, networkIdentity } from "./manifest-head.ts"
import { normalisedCommand } from "./normalised-command.ts"
import { type ArrayRunInput, energyTableOf } from "./run-input.ts"

export interface ScaleSimRun {
  readonly trace: Trace
  readonly results: readonly ScaleSimResult[]
  readonly layers: readonly NamedScaleSimLayer[]
}

/** Layers as SCALE-Sim sees them; sizes and bandwidth are the machine's, which has them from the configuration. */
const layersOf = (
  topology: ScaleSimTopology,
  config: ScaleSimConfig,
  { spec, machine }: ArrayRunInput,
): readonly NamedScaleSimLayer[] => {
  const { sparsity } = config
  const { array, buffers, dram, clock } = machine
  const half = (buffer: { readonly value: number }): number => buffer.value * buffers.activeShare.value
  const { layers } = expandDepthwise(topology)
  const names = distinctNames(layers.map(({ name }) => name))
  return layers.map((layer, i): NamedScaleSimLayer => {
    const own = spec.pattern ?? (sparsity.enabled ? layer.sparsity : undefined)
    return {
      name: names[i],
      gemm: scaleSimGemm(layer),
      dataflow: spec.dataflow ?? config.dataflow,
      rows: array.rows.value,
      cols: array.cols.value,
      ...(own === undefined || isDense(own) ? {} : { sparsity: own }),
      ...(sparsity.enabled && sparsity.optimizedMapping ? { rowWiseBlock: sparsity.blockSize } : {}),
      ...(sparsity.enabled && sparsity.representation !== undefined
        ? { storage: sparsity.representation }
        : {}),
      ...(config.interfaceBandwidth === "calc"
        ? {}
        : {
            bandwidth: {
              wordsPerCycle: (dram.bandwidth.value * dram.efficiency.value) / clock.value,
              ifmapWords: half(buffers.ifmap),
              filterWords: half(buffers.filter),
              ofmapWords: half(buffers.ofmap),
            },
          }),
    }
  })
}

/** @throws UnsupportedError for what SCALE-Sim's own counting does not have: training, batches */
export const simulateAsScaleSim = (
  input: ArrayRunInput,
  topology: ScaleSimTopology,
  config: ScaleSimConfig,
  sink?: RowSink,
): ScaleSimRun => {
  const { spec, machine, network } = input
  if (spec.training !== undefined || (spec.batch ?? 1) !== 1) {
    throw new UnsupportedError({
      message: "SCALE-Sim's own counting has no training and no batches",
      remedy: "Add --compat none to run the topology on this tool's own model of the same array.",
    })
  }
  const builder = new TraceBuilder(sink === undefined ? {} : { sink })
  const layers = layersOf(topology, config, input)
  const results = simulateScaleSim(layers, builder)
  const approximate =
    config.interfaceBandwidth === "user"
      ? [
          "stall cycles at a finite bandwidth are approximate: SCALE-Sim's prefetcher has no known closed form",
        ]
      : []
  const table = energyTableOf(input)
  const trace = builder.finish(
    manifestHead({
      machine,
      roofs: arrayRoofs(machine, spec.pattern),
      workload: networkIdentity(network),
      energy: pricedActions(table, arrayEnergyComponents(machine)),
      settings: {
        mode: "inference, as SCALE-Sim v3 counts",
        pattern: layers.some(({ sparsity, rowWiseBlock }) => (sparsity ?? rowWiseBlock) !== undefined)
          ? "N:M"
          : "dense",
        dataflow: spec.dataflow ?? config.dataflow,
        compat: "scalesim",
        "interface bandwidth": config.interfaceBandwidth,
        ...(config.sparsity.enabled && config.sparsity.representation !== undefined
          ? { representation: config.sparsity.representation }
          : {}),
      },
      command: normalisedCommand(spec),
      seed: config.sparsity.seed,
      warnings: [...input.warnings, ...approximate],
    }),
  )
  return { trace, results, layers }
}

/** A run in SCALE-Sim's own counting, which has no twin, no schedule and no features to switch off. */
export const scaleSimRun = (
  input: ArrayRunInput,
  topology: ScaleSimTopology,
  config: ScaleSimConfig,
): MachineRun => ({
  simulate: (sink) => {
    const { trace } = simulateAsScaleSim(input, topology, config, sink)
    return { trace, cycles: trace.manifest.totals.cycles }
  },
  denseTwin: undefined,
})
