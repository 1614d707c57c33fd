/** One run: workload and machine in, trace and costs out. */
import type { EnergyTable } from "../../arch/energy-table.ts"
import { loadEnergyTable } from "../../arch/energy-catalogue.ts"
import { ConfigError } from "../../arch/errors.ts"
import type { ArrayMachine } from "../../arch/machine.ts"
import { gemmLayers, type Network } from "../../dataflows/network.ts"
import { withLayerPatterns } from "../../dataflows/sparsity/layer-patterns.ts"
import { isDense } from "../../dataflows/sparsity/nm-pattern.ts"
import { formatPattern } from "../../dataflows/sparsity/pattern/pattern-text.ts"
import type { SparsityPattern } from "../../dataflows/sparsity/pattern/sparsity-pattern.ts"
import { methodDefinition } from "../../dataflows/training-method.ts"
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

/** The run's network with the patterns of its sparsity file. @throws ConfigError for a layer that it has not */
export const networkOf = ({ spec, network }: Pick<RunInput, "spec" | "network">): Network =>
  spec.layerPatterns === undefined ? network : withLayerPatterns(network, spec.layerPatterns)

/** A run in words, from its settings: "BDWP 2:8 training", "dense inference". */
export const describeSettings = (settings: Readonly<Record<string, string>>): string =>
  [...new Set([settings["method"], settings["pattern"], settings["mode"]])]
    .filter((word) => word !== undefined)
    .join(" ")

const checkGroup = (machine: ArrayMachine, pattern: SparsityPattern, origin: string): void => {
  if (isDense(pattern) || pattern.m <= machine.array.maxGroup.value) return
  throw new ConfigError({
    message: `${origin}: ${machine.id} selects from groups of at most ${machine.array.maxGroup.value}`,
    remedy: "Take a smaller M, or raise the limit with --set array.maxGroup=… to see what it would buy.",
  })
}

const checkRequest = (input: RunInput): void => {
  const { spec, machine } = input
  const { pattern, layerPatterns } = spec
  if (pattern !== undefined) checkGroup(machine, pattern, `--sparsity ${formatPattern(pattern)}`)
  for (const [layer, own] of layerPatterns?.layers ?? []) {
    if (own !== "dense") {
      checkGroup(machine, own, `${formatPattern(own)} of layer ${layer} in ${layerPatterns?.file ?? ""}`)
    }
  }
  if (
    spec.training !== undefined &&
    spec.training !== "dense" &&
    pattern === undefined &&
    !hasOwnPatterns(networkOf(input))
  ) {
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
export const modelOptions = ({ dataflow, ablate, objective, optimizer }: RunSpec): ModelOptions => ({
  ...(dataflow === undefined ? {} : { dataflow }),
  without: new Set(ablate),
  objective,
  ...(optimizer === undefined ? {} : { optimizer }),
})

/** The run's network mapped onto stages. @throws ConfigError where it asks what the machine cannot do */
export const mapRun = (input: RunInput): MappedWork => {
  checkRequest(input)
  const { spec } = input
  const network = networkOf(input)
  if (gemmLayers(network).length === 0) {
    throw new ConfigError({
      message: `${network.id} has no convolution or matrix product to simulate`,
      remedy: "Give a network with at least one such layer.",
    })
  }
  const work = mapNetwork(network, {
    ...(spec.training === undefined ? {} : { training: spec.training }),
    ...(spec.pattern === undefined ? {} : { pattern: spec.pattern }),
    ...(spec.metadata === undefined ? {} : { metadata: spec.metadata }),
    inference: spec.pattern === undefined && !hasOwnPatterns(network) ? "dense" : "sparse",
    masks: masksOf(spec),
    ...(input.nonZeroShare === undefined ? {} : { nonZeroShare: input.nonZeroShare }),
  })
  if (isSparseRun(input) && !prunesAnything(work)) {
    throw new ConfigError({
      message: `nothing of ${network.id} can be pruned: its only layers are the stem (a convolution over the raw image) or have no weights`,
      remedy: "Leave out --sparsity, or give layers patterns of their own with --sparsity-file.",
    })
  }
  return work
}

const prunesAnything = ({ passes }: MappedWork): boolean =>
  passes.some(({ layers }) =>
    layers.some(({ stages }) =>
      stages.some((stage) => "gemms" in stage && stage.gemms.some(({ sparsity }) => sparsity !== undefined)),
    ),
  )

const hasOwnPatterns = (network: Network): boolean =>
  network.layers.some(({ sparsity }) => sparsity !== undefined && sparsity !== "dense")

/** The dense twin of a run: the same network, machine and pass, nothing pruned. */
export const denseTwin = (input: RunInput): RunInput => {
  const { pattern: _, layerPatterns: _file, schedule: _ownSchedule, ...spec } = input.spec
  const layers = input.network.layers.map(({ sparsity: _own, ...layer }) => layer)
  return {
    ...input,
    network: { ...input.network, layers },
    spec: spec.training === undefined ? spec : { ...spec, training: "dense" },
  }
}

/** True when the run prunes anything. */
export const isSparseRun = (input: RunInput): boolean => {
  const { spec } = input
  if (spec.training === "dense") return false
  return (spec.pattern !== undefined && !isDense(spec.pattern)) || hasOwnPatterns(networkOf(input))
}

export const energyTableOf = ({ spec, machine }: RunInput): EnergyTable =>
  loadEnergyTable(spec.energyTable ?? machine.energy.table)

const patternSetting = (input: RunInput): string => {
  const { pattern, layerPatterns, training } = input.spec
  if (training === "dense") return "dense"
  const mixed = layerPatterns !== undefined && layerPatterns.layers.length > 0
  if (pattern !== undefined && !isDense(pattern) && !mixed) return formatPattern(pattern)
  return hasOwnPatterns(networkOf(input)) ? "per layer" : "dense"
}

const settingsOf = (input: RunInput): Readonly<Record<string, string>> => {
  const { spec } = input
  const { training } = spec
  const sparse = isSparseRun(input)
  return {
    mode: training === undefined ? "inference" : "training",
    ...(training === undefined ? {} : { method: methodDefinition(training).name }),
    pattern: patternSetting(input),
    ...(spec.metadata === undefined || !sparse ? {} : { metadata: spec.metadata }),
    dataflow: spec.dataflow ?? "best of the machine's, per product",
    ...(training === undefined || !sparse ? {} : { masks: masksOf(spec) }),
    ...(spec.ablate.length === 0 ? {} : { without: spec.ablate.join(", ") }),
    ...(training === undefined ? {} : { optimizer: spec.optimizer ?? "momentum" }),
    ...(spec.objective === "time" ? {} : { objective: spec.objective }),
    ...(spec.schedule === undefined ? {} : { schedule: "fixed by a file" }),
  }
}

/** The command that repeats the run in the folder of its files: base names, no output path. */
export const normalisedCommand = (spec: RunSpec): string => {
  const base = (path: string): string => path.split(/[/\\]/).at(-1) ?? path
  // A slash in a network's name, as in vit-b/16, starts no file name.
  const workload = /\.(onnx|csv)$/i.test(spec.workload) ? base(spec.workload) : spec.workload
  const words = ["sparsim", "run", workload]
  if (spec.cfg === undefined) {
    words.push("--on", base(spec.machine))
  } else {
    words.push("--cfg", base(spec.cfg))
    if (spec.compat === "none") words.push("--compat", "none")
  }
  const { layerPatterns } = spec
  if (layerPatterns !== undefined) words.push("--sparsity-file", base(layerPatterns.file))
  // The file's own default is not said twice.
  if (spec.pattern !== undefined && layerPatterns?.default === undefined) {
    words.push("--sparsity", formatPattern(spec.pattern))
  }
  if (spec.metadata !== undefined) words.push("--metadata", spec.metadata)
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
  if (spec.optimizer !== undefined) words.push("--optimizer", spec.optimizer)
  if (spec.objective !== "time") words.push("--objective", spec.objective)
  if (spec.energyTable !== undefined) words.push("--energy", base(spec.energyTable))
  if (spec.detail === "tile") words.push("--detail", "tile")
  if (spec.seed !== 1) words.push("--seed", String(spec.seed))
  for (const { path, value, unit } of spec.overrides) words.push("--set", `${path}=${value}${unit ?? ""}`)
  return words.map(shellWord).join(" ")
}

/** A word as a shell reads it: quoted where it holds more than letters, digits and harmless signs. */
const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

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
      network: networkOf(input),
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
