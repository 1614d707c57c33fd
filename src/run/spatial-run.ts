/** Runs on spatial arrays: the products of a network's forward pass on one design, in order. */
import { asSpatialArrayMachine, type Machine, type SpatialArrayMachine } from "../../arch/machine.ts"
import { keptK, type MappedGemm } from "../../dataflows/gemm.ts"
import { gemmLayers } from "../../dataflows/network.ts"
import { formatNmPattern, isDense, type NmPattern } from "../../dataflows/sparsity/nm-pattern.ts"
import { mapNetwork } from "../../dataflows/work.ts"
import { spatialDesign } from "../../sim/sat/spatial/plan-spatial.ts"
import { spatialActionEnergies } from "../../sim/sat/spatial/spatial-energy.ts"
import { planProducts, type SpatialProduct } from "../../sim/sat/spatial/spatial-engine.ts"
import { runnablePattern } from "../../sim/sat/spatial/stored-operand.ts"
import type { RowSink } from "../../sim/trace/builder.ts"
import { refuseOtherFlags } from "./kind-flags.ts"
import type { MachineRun, RunCost, RunResult } from "./machine-run.ts"
import { costOnOthers, runCost } from "./run-cost.ts"
import { networkIdentity } from "./manifest-head.ts"
import { normalisedCommand } from "./normalised-command.ts"
import {
  checkDtype,
  denseTwin,
  energyTableOf,
  hasOwnPatterns,
  isSparseRun,
  multiplyingNetworkOf,
  nothingToPrune,
  patternSetting,
  type RunInput,
} from "./run-input.ts"
import { simulateSpatial } from "./simulate-spatial.ts"

type SpatialRunRequest = RunInput<SpatialArrayMachine>

const dense: NmPattern = { n: 1, m: 1 }

/** A grouped axis of no more than N elements (a depthwise convolution's single channel) has nothing to prune. */
const patternOf = (work: MappedGemm): NmPattern =>
  work.sparsity !== undefined && keptK(work) < work.gemm.k ? work.sparsity.pattern : dense

/**
 * The products of a run. A layer's m output pixels (or rows) and n filters become n × m here, where weights come first; a
 * product of two activations has its second one in the weights' place, dense.
 * @throws UnsupportedError for what a spatial array cannot do, ConfigError for a request that makes no sense
 */
const productsOf = (input: SpatialRunRequest): readonly SpatialProduct[] => {
  const { spec, machine } = input
  refuseOtherFlags(machine, spec, ["design", "activationDensity"])
  checkDtype(input)
  const network = multiplyingNetworkOf(input)
  const { passes } = mapNetwork(network, {
    ...(spec.pattern === undefined ? {} : { pattern: spec.pattern }),
    inference: spec.pattern === undefined && !hasOwnPatterns(network) ? "dense" : "sparse",
    ...(input.nonZeroShare === undefined ? {} : { nonZeroShare: input.nonZeroShare }),
  })
  const products = passes
    .flatMap(({ layers }) => layers)
    .flatMap(({ layer, stages }) =>
      stages
        .flatMap((stage) => ("gemms" in stage ? stage.gemms : []))
        .map((work): SpatialProduct => ({
          layer,
          gemm: { m: work.gemm.n, n: work.gemm.m, k: work.gemm.k },
          count: work.count,
          sparsity: {
            pattern: patternOf(work),
            activationDensity: spec.activationDensity ?? 1,
          },
          keptK: keptK(work),
          nonZeroShare: work.nonZeroShare,
        })),
    )
  if (isSparseRun(input) && products.every(({ sparsity }) => isDense(sparsity.pattern))) {
    throw nothingToPrune(network)
  }
  return products
}

/** What a reader must know of a run on this kind of machine. */
const notesOf = (input: SpatialRunRequest, products: readonly SpatialProduct[]): readonly string[] => {
  const { machine, network, spec } = input
  const design = spatialDesign(machine, spec.design)
  const patterns = new Map(
    products.map(({ sparsity: { pattern } }) => [formatNmPattern(pattern), pattern] as const),
  )
  const otherwise = [...patterns].flatMap(([text, pattern]) => {
    if (isDense(pattern) || design.weights.format === "bitmap") return []
    const runs = runnablePattern(design, pattern)
    return runs.n === pattern.n && runs.m === pattern.m
      ? []
      : [
          `${design.studyName} runs ${text} weights as ${isDense(runs) ? "dense ones" : formatNmPattern(runs)}`,
        ]
  })
  const skipped = network.layers.length - gemmLayers(network).length
  const convolutions = network.layers.some(
    ({ op }) => op.kind === "conv2d" && (op.kernelHeight > 1 || op.kernelWidth > 1),
  )
  return [
    ...otherwise,
    ...(skipped === 0
      ? []
      : [
          `${skipped} functions that multiply nothing (normalisation, pooling …) have no unit here and take no time`,
        ]),
    ...(convolutions
      ? ["convolutions run as explicit im2col products, as in the study: overlapping windows are moved again"]
      : []),
  ]
}

const simulateRun = (input: SpatialRunRequest, sink?: RowSink): RunResult => {
  const { spec, machine } = input
  const products = productsOf(input)
  return simulateSpatial(
    {
      machine,
      ...(spec.design === undefined ? {} : { design: spec.design }),
      workload: networkIdentity(multiplyingNetworkOf(input)),
      products,
      pattern: spec.pattern ?? dense,
      settings: {
        pattern: patternSetting(input),
        ...(spec.activationDensity === undefined
          ? {}
          : { "activation density": String(spec.activationDensity) }),
      },
      ...(spec.energyTable === undefined ? {} : { energyTable: energyTableOf(input) }),
      command: normalisedCommand(spec),
      seed: spec.seed,
      warnings: [...input.warnings, ...notesOf(input, products)],
    },
    sink,
  )
}

/** The run's cost on a spatial array, its products worked out once. */
const costing = (input: SpatialRunRequest): ((machine: Machine) => RunCost) => {
  const products = productsOf(input)
  return (other) => {
    const machine = asSpatialArrayMachine(other)
    const design = spatialDesign(machine, input.spec.design)
    const own = spatialActionEnergies(machine, design, energyTableOf(input))
    const plans = planProducts(machine, design, products, own)
    const cycles = plans.reduce((sum, plan) => sum + plan.cycles, 0)
    return runCost({
      machine,
      cycles,
      clock: machine.clock.value,
      counts: plans.map(({ counts }) => counts),
      actions: (table) => spatialActionEnergies(machine, design, table),
    })
  }
}

export const spatialRun = (input: SpatialRunRequest): MachineRun => ({
  simulate: (sink) => simulateRun(input, sink),
  denseTwin: isSparseRun(input) ? denseTwin(input) : undefined,
  costOn: costOnOthers(() => costing(input)),
})
