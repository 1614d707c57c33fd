/** Runs on one core of a CPU: a network's forward pass, operator by operator, with the kernels of a library. */
import { type CpuLibrary, cpuLibrary } from "../../arch/cpu-library.ts"
import { ConfigError, UnsupportedError } from "../../arch/errors.ts"
import { asCpuMachine, type CpuMachine, type Machine } from "../../arch/machine.ts"
import { isDense } from "../../dataflows/sparsity/nm-pattern.ts"
import { resolveEnergy } from "../../arch/resolve-energy.ts"
import { cpuCore, cpuCoreIds } from "../../arch/cpu-core-catalogue.ts"
import { readLoop } from "../../sim/cpu/core/read-loop.ts"
import { type LoopSample, sampleLoop } from "../../sim/cpu/core/sample-loop.ts"
import { builtinLoops } from "../validate/builtin-loops.ts"
import { loopOfKernel } from "../validate/loop-of-kernel.ts"
import { cpuCycles, operatorCounts, writeCpuTrace } from "../../sim/cpu/network/cpu-engine.ts"
import { cpuEnergyComponents, cpuRoofs } from "../../sim/cpu/network/cpu-roofs.ts"
import { releaseOf } from "../../sim/cpu/network/library-release.ts"
import { cpuReplay } from "../../sim/cpu/network/replay.ts"
import { planCpu, type PlannedOperator } from "../../sim/cpu/network/plan-cpu.ts"
import {
  isPointwise,
  type NetworkSparsity,
  pointwiseSparsity,
  type WeightSparsity,
  zerosIn,
} from "../../sim/cpu/network/weight-sparsity.ts"
import type { Layer, Network } from "../../dataflows/network.ts"
import { chosenByLayer } from "../../dataflows/sparsity/layer-patterns.ts"
import type { LayerZeros } from "./layer-zeros.ts"
import { type RowSink, TraceBuilder } from "../../sim/trace/builder.ts"
import { refuseOtherFlags } from "./kind-flags.ts"
import type { MachineRun, RunCost, RunResult } from "./machine-run.ts"
import { pricedActions } from "./priced-actions.ts"
import { manifestHead, networkIdentity } from "./manifest-head.ts"
import { normalisedCommand } from "./normalised-command.ts"
import { costOnOthers, runCost } from "./run-cost.ts"
import {
  denseTwin,
  energyTableOf,
  hasOwnPatterns,
  isSparseRun,
  multiplyingNetworkOf,
  networkOf,
  nothingToPrune,
  patternSetting,
  type RunInput,
} from "./run-input.ts"

type CpuRunInput = RunInput<CpuMachine>

/** The library that sparse networks on phones are shipped with. */
const usualLibrary = "xnnpack"

const libraryOf = ({ spec, machine }: CpuRunInput): CpuLibrary =>
  cpuLibrary(releaseOf(machine, spec.library ?? usualLibrary))

/** Layers that sparse kernels take: 1×1 convolutions and products with weights; where zeros come in groups, larger windows too. */
const takesZeros =
  ({ groups }: CpuLibrary) =>
  (layer: Layer): boolean =>
    isPointwise(layer) ||
    layer.op.kind === "linear" ||
    (groups !== undefined && layer.op.kind === "conv2d" && layer.op.groups === 1)

/** Zeros that the file's own weights have. @throws ConfigError where it has no weights, or none that is zero */
const ownZerosOf = (network: Network, library: CpuLibrary): NetworkSparsity => {
  const takes = takesZeros(library)
  const weighted = network.layers.filter((layer) => layer.weights !== undefined && takes(layer))
  if (weighted.length === 0) {
    throw new ConfigError({
      message: `--sparsity weights: ${network.id} has no 1×1 convolution or linear layer with weights of its own`,
      remedy: "Give an ONNX file that holds its weights, or a share of zeros such as --sparsity 90%.",
    })
  }
  const found = new Map<string, WeightSparsity>()
  for (const { id, weights } of weighted) {
    if (weights === undefined) continue
    const [rows] = weights.shape
    const values = weights.load()
    const sparsity = zerosIn(values, rows, values.length / rows)
    if (sparsity.zeros > 0) found.set(id, sparsity)
  }
  if (found.size > 0) return found
  throw new ConfigError({
    message: `--sparsity weights: none of the ${weighted.length} layers of ${network.id} that sparse kernels take has a weight that is zero`,
    remedy: "Prune the model before, or give a share of zeros such as --sparsity 90%.",
  })
}

/** Zeros that a sparsity file gives. @throws ConfigError for layers that it names and the network has not */
const layerZerosOf = (network: Network, zeros: LayerZeros, library: CpuLibrary): NetworkSparsity => {
  const those = `${library.groups === undefined ? "1×1 convolution" : "convolution"} or linear layer`
  const cannot = `is no ${those}, which sparse kernels of ${library.name} take`
  const chosen = chosenByLayer(network, zeros, takesZeros(library), { those, cannot })
  const found = new Map<string, WeightSparsity>()
  for (const layer of network.layers) {
    const own = chosen.get(layer.id) ?? (isPointwise(layer) ? zeros.default : undefined)
    if (own !== undefined && own !== "dense") found.set(layer.id, own)
  }
  if (found.size === 0) throw nothingToPrune(network)
  return found
}

/** What is zero, by layer. @throws ConfigError, UnsupportedError for what a CPU cannot do */
const sparsityOf = (input: CpuRunInput): NetworkSparsity => {
  const { spec, machine } = input
  refuseOtherFlags(machine, spec, ["unstructured", "layerZeros", "ownZeros", "library", "detail"])
  const network = multiplyingNetworkOf(input)
  if ((spec.dtype ?? "fp32") !== "fp32") {
    throw new UnsupportedError({
      message: `--dtype ${spec.dtype ?? ""}: CPUs are modelled in fp32`,
      remedy: "Leave --dtype out.",
    })
  }
  if ((spec.pattern !== undefined && !isDense(spec.pattern)) || hasOwnPatterns(network)) {
    throw new UnsupportedError({
      message: `${patternSetting(input)}: the sparse kernels of ${machine.id} keep any weights, they know no N:M`,
      remedy:
        "Give a share of zeros, e.g. --sparsity 90%, or in blocks of output channels, --sparsity 90%/4x1.",
    })
  }
  if (spec.ownZeros) return ownZerosOf(network, libraryOf(input))
  if (spec.layerZeros !== undefined) return layerZerosOf(network, spec.layerZeros, libraryOf(input))
  if (spec.unstructured === undefined) return new Map()
  const { zeros, block } = spec.unstructured
  const sparsity = pointwiseSparsity(network, zeros, { block, from: 1 })
  if (sparsity.size === 0) throw nothingToPrune(network)
  return sparsity
}

/** What a reader must know of how the zeros were used. */
const notesOf = (
  input: CpuRunInput,
  sparsity: NetworkSparsity,
  operators: readonly PlannedOperator[],
): readonly string[] => {
  const { family } = input.machine
  const trust =
    family.gemmEfficiency.status === "fitted"
      ? []
      : [`no network on a ${family.name} was fitted: its rates are assumed (${family.gemmEfficiency.source})`]
  if (sparsity.size === 0) return trust
  const ran = operators.filter(
    ({ layer, cost }) => sparsity.has(layer) && /^(group-)?sparse /.test(cost.kernel),
  ).length
  const { sparse } = libraryOf(input)
  const why =
    sparse === undefined
      ? "it has no sparse kernels"
      : `it takes them above ${sparse.threshold.value * 100} % zeros`
  return [
    ...trust,
    ran === 0
      ? `${sparsity.size} sparse 1×1 convolutions run dense in ${libraryOf(input).name}: ${why.replace(/(\d+\.\d)\d*/, "$1")}`
      : `${ran} ${libraryOf(input).groups === undefined ? "1×1 convolutions" : "convolutions"} run sparse; the other layers have nothing pruned`,
  ]
}

/** The machine with the numbers of its library, so that a trace lists both. */
const withLibrary = (machine: CpuMachine, library: CpuLibrary): CpuMachine => {
  const both = { ...machine, library }
  return both
}

/** The loops of the kernels, as the core runs them: by kernel, for those whose instructions and core are known. */
const samplesOf = (
  operators: readonly PlannedOperator[],
  { spec, machine }: CpuRunInput,
): ReadonlyMap<string, LoopSample> => {
  if (spec.detail !== "tile" || !cpuCoreIds().includes(machine.core)) return new Map()
  const kernels = new Set(operators.map(({ cost }) => cost.kernel))
  return new Map(
    [...kernels].flatMap((kernel) => {
      const name = loopOfKernel(kernel)
      const text = name === undefined ? undefined : builtinLoops.get(name)
      if (name === undefined || text === undefined) return []
      return [[kernel, sampleLoop(readLoop(text, `${name}.s`), cpuCore(machine.core))] as const]
    }),
  )
}

const simulateOnCpu = (input: CpuRunInput, sink?: RowSink): RunResult => {
  const { spec, machine } = input
  const sparsity = sparsityOf(input)
  const library = libraryOf(input)
  const operators = planCpu(networkOf(input), sparsity, machine, library)
  const builder = new TraceBuilder(sink === undefined ? {} : { sink })
  const cycles = writeCpuTrace(
    operators,
    machine.dram.bandwidth.value / machine.clock.value,
    builder,
    samplesOf(operators, input),
  )
  const table = energyTableOf(input)
  const trace = builder.finish(
    manifestHead({
      machine: withLibrary(machine, library),
      clockHertz: machine.clock.value,
      roofs: cpuRoofs(machine),
      workload: networkIdentity(networkOf(input)),
      energy: pricedActions(table, cpuEnergyComponents(machine)),
      settings: {
        mode: "inference",
        pattern: patternSetting(input),
        dtype: "fp32",
        core: machine.core,
        library: library.name,
      },
      command: normalisedCommand(spec),
      replay: cpuReplay(networkOf(input), sparsity),
      seed: spec.seed,
      warnings: [...input.warnings, ...notesOf(input, sparsity, operators)],
      conventions: {
        interval: "spans are half-open, in cycles of one core",
        ...(spec.detail === "tile"
          ? {
              sampled:
                "front end, pipes and L1 show eight iterations of a kernel's loop, everything in L1, at the start of its longest operator; the whole operator's time comes from the library's fitted rates",
            }
          : {}),
        bytes: "l1, llc and dram counters are bytes",
        issued: "multiply-accumulates of all four lanes, padding of register tiles included",
      },
    }),
  )
  return { trace, cycles }
}

/** The run's cost on a core with other numbers. */
const costing = (input: CpuRunInput): ((machine: Machine) => RunCost) => {
  const sparsity = sparsityOf(input)
  return (other) => {
    const machine = asCpuMachine(other)
    const operators = planCpu(networkOf(input), sparsity, machine, libraryOf(input))
    return runCost({
      machine,
      cycles: cpuCycles(operators),
      clock: machine.clock.value,
      counts: operators.map(({ cost }) => operatorCounts(cost)),
      actions: (table) => resolveEnergy(table, cpuEnergyComponents(machine)),
    })
  }
}

export const cpuRun = (input: CpuRunInput): MachineRun => ({
  simulate: (sink) => simulateOnCpu(input, sink),
  denseTwin: isSparseRun(input) ? denseTwin(input) : undefined,
  costOn: costOnOthers(() => costing(input)),
})
