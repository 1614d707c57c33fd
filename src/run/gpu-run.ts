/** Runs on GPU boards: a network's forward pass, kernel by kernel, with 2:4 where it is possible and pays. */
import { UnsupportedError } from "../../arch/errors.ts"
import { asGpuMachine, type GpuMachine, type Machine } from "../../arch/machine.ts"
import { resolveEnergy } from "../../arch/resolve-energy.ts"
import { isDense } from "../../dataflows/sparsity/nm-pattern.ts"
import { formatPattern } from "../../dataflows/sparsity/pattern/pattern-text.ts"
import { vectorColumns } from "../../dataflows/sparsity/pattern/sparsity-pattern.ts"
import type { Network } from "../../dataflows/network.ts"
import { mapNetwork, type MappedWork } from "../../dataflows/work.ts"
import { type GpuFormat, gpuFormats, isGpuFormat } from "../../sim/gpu/gemm/gemm-request.ts"
import { fullClock } from "../../sim/gpu/full-clock.ts"
import { gpuEnergyComponents } from "../../sim/gpu/gpu-energy-components.ts"
import { gpuCycles, writeGpuTrace } from "../../sim/gpu/gpu-engine.ts"
import { gpuRoofs, type SparsePeak } from "../../sim/gpu/gpu-roofs.ts"
import { gpuModel, type PlannedKernel, planGpu } from "../../sim/gpu/plan-gpu.ts"
import { type GpuReplay, gpuReplay } from "../../sim/gpu/replay.ts"
import { vnmKernel } from "../../sim/gpu/vnm-kernel.ts"
import { holdsAs2to4 } from "../../sim/gpu/sparse-eligibility.ts"
import { type RowSink, TraceBuilder } from "../../sim/trace/builder.ts"
import { refuseOtherFlags } from "./kind-flags.ts"
import type { MachineRun, RunCost, RunResult } from "./machine-run.ts"
import { costOnOthers, runCost } from "./run-cost.ts"
import { pricedActions } from "./priced-actions.ts"
import { manifestHead, networkIdentity } from "./manifest-head.ts"
import { normalisedCommand } from "./normalised-command.ts"
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

type GpuRunInput = RunInput<GpuMachine>

/** The number format of a run: fp16 unless another is asked for. @throws UnsupportedError for one that the board has not */
const formatOf = ({ spec, machine }: GpuRunInput): GpuFormat => {
  const asked = spec.dtype ?? "fp16"
  const has = gpuFormats.filter((format) => format in machine.family.tensor)
  if (isGpuFormat(asked) && has.includes(asked)) return asked
  throw new UnsupportedError({
    message: `--dtype ${asked}: the tensor cores of ${machine.id} have no such format here`,
    remedy: `It has ${has.join(", ")}.`,
  })
}

/** Whether layers without a pattern of their own have the run's. */
const inferenceOf = ({ spec }: GpuRunInput, network: Network): "dense" | "sparse" =>
  spec.pattern === undefined && !hasOwnPatterns(network) ? "dense" : "sparse"

const mapped = (input: GpuRunInput): MappedWork => {
  const { spec, machine } = input
  refuseOtherFlags(machine, spec, ["detail"])
  const network = multiplyingNetworkOf(input)
  const work = mapNetwork(network, {
    ...(spec.pattern === undefined ? {} : { pattern: spec.pattern }),
    inference: inferenceOf(input, network),
    ...(input.nonZeroShare === undefined ? {} : { nonZeroShare: input.nonZeroShare }),
  })
  if (isSparseRun(input) && !prunesAnything(work)) throw nothingToPrune(network)
  return work
}

const prunesAnything = ({ passes }: MappedWork): boolean =>
  passes.some(({ layers }) =>
    layers.some(({ stages }) =>
      stages.some(
        (stage) =>
          "gemms" in stage &&
          stage.gemms.some(({ sparsity }) => sparsity !== undefined && !isDense(sparsity.pattern)),
      ),
    ),
  )

const listed = (layers: readonly string[]): string =>
  layers.length <= 3 ? layers.join(", ") : `${layers.slice(0, 3).join(", ")} and ${layers.length - 3} more`

/** How far the GEMM times of a board can be trusted, where that is not as far as measurements reach. */
const unmeasured = ({ machine: { id, family } }: GpuRunInput): readonly string[] =>
  family.gemm.l2PerSm.status === "assumed"
    ? [`no GEMM time of ${id} or a board of its architecture was measured: ${family.gemm.l2PerSm.source}`]
    : []

/** What a reader must know of how the pattern ran. */
const notesOf = (input: GpuRunInput, kernels: readonly PlannedKernel[]): readonly string[] => {
  const { pattern } = input.spec
  const products = kernels.filter(({ cost }) => cost.operations !== undefined)
  const asked = products.filter(({ sparse }) => sparse !== undefined)
  if (asked.length === 0) return []
  const byReason = new Map<string, string[]>()
  for (const { layer, sparse } of asked) {
    if (sparse?.ran !== "dense") continue
    const layers = byReason.get(sparse.reason)
    if (layers === undefined) byReason.set(sparse.reason, [layer])
    else layers.push(layer)
  }
  const ran = asked.filter(({ sparse }) => sparse?.ran === "2:4").length
  const vnm = asked.filter(({ sparse }) => sparse?.ran === "V:N:M").length
  const as2to4 =
    pattern !== undefined && ran > 0 && holdsAs2to4(pattern) && !(pattern.n === 2 && pattern.m === 4)
      ? [
          `${formatPattern(pattern)} runs as the 2:4 that it is a case of: sparse tensor cores skip no more than half`,
        ]
      : []
  return [
    `${ran + vnm} of ${products.length} products run ${vnm > 0 ? "V:N:M" : "2:4"}${products.length > asked.length ? `; ${products.length - asked.length} have nothing to prune` : ""}`,
    ...as2to4,
    ...[...byReason].map(
      ([reason, layers]) =>
        `${layers.length} ${layers.length === 1 ? "runs" : "run"} dense: ${reason} (${listed(layers)})`,
    ),
  ]
}

/** The sparse peak that a run is held to: that of the sparsest kernels it ran. */
const sparsePeak = (input: GpuRunInput, kernels: readonly PlannedKernel[]): SparsePeak | undefined => {
  if (!isSparseRun(input)) return undefined
  const { pattern } = input.spec
  const vnm = pattern !== undefined && kernels.some(({ sparse }) => sparse?.ran === "V:N:M")
  return vnm
    ? { pattern: formatPattern(pattern), beyondHalf: pattern.m / vectorColumns }
    : { pattern: "2:4", beyondHalf: 1 }
}

/** The run as plain data; nothing for V:N:M, which kernels of another library may run: no trace has their constants. */
const replayOf = (input: GpuRunInput): { readonly replay?: GpuReplay } => {
  const network = multiplyingNetworkOf(input)
  const { pattern } = input.spec
  const patterns = [pattern, ...network.layers.map(({ sparsity }) => sparsity)]
  const isVnm = (one: (typeof patterns)[number]): boolean =>
    typeof one === "object" && "kind" in one && one.kind === "vector"
  if (patterns.some(isVnm)) return {}
  return {
    replay: gpuReplay(network, input.machine, formatOf(input), {
      ...(pattern === undefined ? {} : { pattern }),
      inference: inferenceOf(input, network),
    }),
  }
}

const simulateOnGpu = (input: GpuRunInput, sink?: RowSink): RunResult => {
  const { spec, machine } = input
  const format = formatOf(input)
  const work = mapped(input)
  const kernels = planGpu(work, gpuModel(machine, format, vnmKernel(machine, format)))
  const builder = new TraceBuilder(sink === undefined ? {} : { sink })
  const cycles = writeGpuTrace(kernels, fullClock(machine), builder, { detail: spec.detail })
  const table = energyTableOf(input)
  const trace = builder.finish(
    manifestHead({
      machine,
      clockHertz: fullClock(machine),
      roofs: gpuRoofs(machine, format, sparsePeak(input, kernels)),
      workload: networkIdentity(networkOf(input)),
      energy: pricedActions(table, gpuEnergyComponents(machine, format)),
      settings: { mode: "inference", pattern: patternSetting(input), dtype: format },
      command: normalisedCommand(spec),
      ...replayOf(input),
      seed: spec.seed,
      warnings: [...input.warnings, ...unmeasured(input), ...notesOf(input, kernels)],
      conventions: {
        interval: "spans are half-open, in cycles of the clock that the board holds below its power limit",
        bytes: "shared, l2 and dram counters are bytes",
        issued: "multiply-accumulates of tensor cores, padding included, zeros that 2:4 skips not",
      },
    }),
  )
  return { trace, cycles }
}

/** The run's cost on a board, mapped once. */
const costing = (input: GpuRunInput): ((machine: Machine) => RunCost) => {
  const format = formatOf(input)
  const work = mapped(input)
  return (other) => {
    const machine = asGpuMachine(other)
    const kernels = planGpu(work, gpuModel(machine, format, vnmKernel(machine, format)))
    return runCost({
      machine,
      cycles: gpuCycles(kernels, fullClock(machine)),
      clock: fullClock(machine),
      counts: kernels.map(({ cost }) => cost.counts),
      actions: (table) => resolveEnergy(table, gpuEnergyComponents(machine, format)),
    })
  }
}

export const gpuRun = (input: GpuRunInput): MachineRun => ({
  simulate: (sink) => simulateOnGpu(input, sink),
  denseTwin: isSparseRun(input) ? denseTwin(input) : undefined,
  costOn: costOnOthers(() => costing(input)),
})
