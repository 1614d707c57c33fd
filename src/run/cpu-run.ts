/** Runs on one core of a CPU: a network's forward pass, operator by operator, with the kernels of a library. */
import { type CpuLibrary, cpuLibrary } from "../../arch/cpu-library.ts"
import { UnsupportedError } from "../../arch/errors.ts"
import { asCpuMachine, type CpuMachine, type Machine } from "../../arch/machine.ts"
import { isDense } from "../../dataflows/sparsity/nm-pattern.ts"
import { resolveEnergy } from "../../arch/resolve-energy.ts"
import { cpuCycles, operatorCounts, writeCpuTrace } from "../../sim/cpu/network/cpu-engine.ts"
import { cpuEnergyComponents, cpuRoofs } from "../../sim/cpu/network/cpu-roofs.ts"
import { releaseOf } from "../../sim/cpu/network/library-release.ts"
import { cpuReplay } from "../../sim/cpu/network/replay.ts"
import { planCpu, type PlannedOperator } from "../../sim/cpu/network/plan-cpu.ts"
import { type NetworkSparsity, pointwiseSparsity } from "../../sim/cpu/network/weight-sparsity.ts"
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

/** What is zero, by layer. @throws ConfigError, UnsupportedError for what a CPU cannot do */
const sparsityOf = (input: CpuRunInput): NetworkSparsity => {
  const { spec, machine } = input
  refuseOtherFlags(machine, spec, ["unstructured", "library"])
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
      : `${ran} 1×1 convolutions run sparse; the other layers have nothing pruned`,
  ]
}

/** The machine with the numbers of its library, so that a trace lists both. */
const withLibrary = (machine: CpuMachine, library: CpuLibrary): CpuMachine => {
  const both = { ...machine, library }
  return both
}

const simulateOnCpu = (input: CpuRunInput, sink?: RowSink): RunResult => {
  const { spec, machine } = input
  const sparsity = sparsityOf(input)
  const library = libraryOf(input)
  const operators = planCpu(networkOf(input), sparsity, machine, library)
  const builder = new TraceBuilder(sink === undefined ? {} : { sink })
  const cycles = writeCpuTrace(operators, machine.dram.bandwidth.value / machine.clock.value, builder)
  const table = energyTableOf(input)
  const trace = builder.finish(
    manifestHead({
      machine: withLibrary(machine, library),
      clockHertz: machine.clock.value,
      roofs: cpuRoofs(machine),
      workload: networkIdentity(networkOf(input)),
      energy: pricedActions(table, cpuEnergyComponents(machine)),
      settings: { mode: "inference", pattern: patternSetting(input), dtype: "fp32", library: library.name },
      command: normalisedCommand(spec),
      replay: cpuReplay(networkOf(input), sparsity),
      seed: spec.seed,
      warnings: [...input.warnings, ...notesOf(input, sparsity, operators)],
      conventions: {
        interval: "spans are half-open, in cycles of one core",
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
