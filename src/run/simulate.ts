/** One run: workload and machine in, trace and costs out. */
import type { EnergyTable } from "../../arch/energy-table.ts"
import { loadEnergyTable } from "../../arch/energy-catalogue.ts"
import { ConfigError } from "../../arch/errors.ts"
import type { ArrayMachine } from "../../arch/machine.ts"
import { gemmLayers, type Network } from "../../dataflows/network.ts"
import { formatNmPattern, isDense } from "../../dataflows/sparsity/nm-pattern.ts"
import type { TrainingMethod } from "../../dataflows/training-method.ts"
import { mapNetwork, type MappedWork } from "../../dataflows/work.ts"
import { simulateArray } from "../../sim/sat/engine.ts"
import type { PlannedStage } from "../../sim/sat/plan.ts"
import type { ModelOptions } from "../../sim/sat/stage-cost.ts"
import { type RowSink, TraceBuilder } from "../../sim/trace/builder.ts"
import type { Trace } from "../../sim/trace/trace.ts"
import { manifestHead } from "./manifest-head.ts"
import type { RunSpec } from "./run-spec.ts"

/** Everything a run needs, resolved. */
export interface RunInput {
  readonly spec: RunSpec
  readonly network: Network
  readonly machine: ArrayMachine
  readonly warnings: readonly string[]
  /** Share of kept weights that are not zero, by layer, from real weights. */
  readonly nonZeroShare?: ReadonlyMap<string, number>
}

export interface RunResult {
  readonly trace: Trace
  readonly stages: readonly PlannedStage[]
  readonly cycles: number
}

const names: Readonly<Record<TrainingMethod, string>> = {
  dense: "dense",
  "sr-ste": "SR-STE",
  sdgp: "SDGP",
  bdwp: "BDWP",
}

/** A run in words, from its settings: "BDWP 2:8 training", "dense inference". */
export const describeSettings = (settings: Readonly<Record<string, string>>): string =>
  [...new Set([settings["method"], settings["pattern"], settings["mode"]])]
    .filter((word) => word !== undefined)
    .join(" ")

const checkRequest = ({ spec, machine }: RunInput): void => {
  const { pattern } = spec
  if (pattern !== undefined && !isDense(pattern) && pattern.m > machine.array.maxGroup.value) {
    throw new ConfigError({
      message: `--sparsity ${formatNmPattern(pattern)}: ${machine.id} selects from groups of at most ${machine.array.maxGroup.value}`,
      remedy: "Take a smaller M, or raise the limit with --set array.maxGroup=… to see what it would buy.",
    })
  }
  if (spec.training !== undefined && spec.training !== "dense" && pattern === undefined) {
    throw new ConfigError({
      message: `--train ${spec.training} prunes, so it needs a pattern`,
      remedy: "Add for example --sparsity 2:8, or take --train dense.",
    })
  }
  if (spec.dtype !== undefined && spec.dtype !== machine.dtype) {
    throw new ConfigError({
      message: `--dtype ${spec.dtype}: ${machine.id} computes in ${machine.dtype}`,
      remedy: "Take another machine, or a machine file of your own with that dtype.",
    })
  }
  if (spec.dataflow !== undefined && !machine.array.dataflows.includes(spec.dataflow)) {
    throw new ConfigError({
      message: `--dataflow ${spec.dataflow}: ${machine.id} cannot switch to it`,
      remedy: `It has ${machine.array.dataflows.join(" and ")}.`,
    })
  }
}

/** When masks are made: behind the weight update, or before FF and BP where that is ablated. */
const masksOf = (spec: RunSpec): "pregenerated" | "inline" =>
  spec.ablate.includes("pregeneration") ? "inline" : "pregenerated"

/** What a run asks of the machine's model. */
export const modelOptions = ({ dataflow, ablate, objective }: RunSpec): ModelOptions => ({
  ...(dataflow === undefined ? {} : { dataflow }),
  without: new Set(ablate),
  objective,
})

/** The run's network mapped onto stages. @throws ConfigError where it asks what the machine cannot do */
export const mapRun = (input: RunInput): MappedWork => {
  checkRequest(input)
  const { spec, network } = input
  if (gemmLayers(network).length === 0) {
    throw new ConfigError({
      message: `${network.id} has no convolution or matrix product to simulate`,
      remedy: "Give a network with at least one such layer.",
    })
  }
  return mapNetwork(network, {
    ...(spec.training === undefined ? {} : { training: spec.training }),
    ...(spec.pattern === undefined ? {} : { pattern: spec.pattern }),
    inference: spec.pattern === undefined && !hasOwnPatterns(network) ? "dense" : "sparse",
    masks: masksOf(spec),
    ...(input.nonZeroShare === undefined ? {} : { nonZeroShare: input.nonZeroShare }),
  })
}

const hasOwnPatterns = (network: Network): boolean =>
  network.layers.some(({ sparsity }) => sparsity !== undefined && sparsity !== "dense")

/** The dense twin of a run: the same network, machine and pass, nothing pruned. */
export const denseTwin = (input: RunInput): RunInput => {
  const { pattern: _, schedule: _ownSchedule, ...spec } = input.spec
  const layers = input.network.layers.map(({ sparsity: _own, ...layer }) => layer)
  return {
    ...input,
    network: { ...input.network, layers },
    spec: spec.training === undefined ? spec : { ...spec, training: "dense" },
  }
}

/** True when the run prunes anything. */
export const isSparseRun = ({ spec, network }: RunInput): boolean => {
  if (spec.training === "dense") return false
  return (spec.pattern !== undefined && !isDense(spec.pattern)) || hasOwnPatterns(network)
}

export const energyTableOf = ({ spec, machine }: RunInput): EnergyTable =>
  loadEnergyTable(spec.energyTable ?? machine.energy.table)

const settingsOf = ({ spec, network }: RunInput): Readonly<Record<string, string>> => {
  const { training, pattern } = spec
  const sparse = training !== "dense" && pattern !== undefined && !isDense(pattern)
  return {
    mode: training === undefined ? "inference" : "training",
    ...(training === undefined ? {} : { method: names[training] }),
    pattern: sparse ? formatNmPattern(pattern) : hasOwnPatterns(network) ? "per layer" : "dense",
    dataflow: spec.dataflow ?? "best of the machine's, per product",
    ...(training === undefined || !sparse ? {} : { masks: masksOf(spec) }),
    ...(spec.ablate.length === 0 ? {} : { without: spec.ablate.join(", ") }),
    ...(spec.objective === "time" ? {} : { objective: spec.objective }),
    ...(spec.schedule === undefined ? {} : { schedule: "fixed by a file" }),
  }
}

/** The command that repeats the run: base names, no output path. */
export const normalisedCommand = (spec: RunSpec): string => {
  const base = (path: string): string => path.split(/[/\\]/).at(-1) ?? path
  const words = ["sparsim run", base(spec.workload), "--on", base(spec.machine)]
  if (spec.cfg !== undefined) words.push("--cfg", base(spec.cfg))
  if (spec.pattern !== undefined) words.push("--sparsity", formatNmPattern(spec.pattern))
  if (spec.training !== undefined) words.push("--train", spec.training)
  if (spec.batch !== undefined) words.push("--batch", String(spec.batch))
  if (spec.input !== undefined) words.push("--input", spec.input)
  if (spec.imageSize !== undefined) words.push("--image-size", String(spec.imageSize))
  if (spec.seq !== undefined) words.push("--seq", String(spec.seq))
  if (spec.phase !== undefined) words.push("--phase", spec.phase)
  if (spec.kv !== undefined) words.push("--kv", String(spec.kv))
  for (const [name, shape] of Object.entries(spec.inputShapes ?? {})) {
    words.push("--input-shape", `${name}=${shape.join("x")}`)
  }
  if (spec.dataflow !== undefined) words.push("--dataflow", spec.dataflow)
  for (const feature of spec.ablate) words.push("--ablate", feature)
  if (spec.objective !== "time") words.push("--objective", spec.objective)
  if (spec.energyTable !== undefined) words.push("--energy", base(spec.energyTable))
  if (spec.detail === "tile") words.push("--detail", "tile")
  if (spec.seed !== 1) words.push("--seed", String(spec.seed))
  for (const { path, value, unit } of spec.overrides) words.push("--set", `${path}=${value}${unit ?? ""}`)
  return words.join(" ")
}

/** Simulates; with a sink the rows go to disk as they come. @throws ConfigError */
export const simulate = (input: RunInput, sink?: RowSink): RunResult => {
  const work = mapRun(input)
  const builder = new TraceBuilder(sink === undefined ? {} : { sink })
  const { spec, machine } = input
  const stages = simulateArray(machine, work, builder, {
    detail: spec.detail,
    ...modelOptions(spec),
    ...(spec.schedule === undefined ? {} : { schedule: spec.schedule }),
  })
  const cycles = builder.lastCycle
  const trace = builder.finish(
    manifestHead({
      machine,
      network: input.network,
      pattern: spec.pattern,
      energy: energyTableOf(input),
      settings: settingsOf(input),
      command: normalisedCommand(spec),
      seed: spec.seed,
      warnings: input.warnings,
    }),
  )
  return { trace, stages, cycles }
}
