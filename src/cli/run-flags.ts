/** Flags of `run` and `describe` as commander gives them, turned into checked specs. */
import * as Effect from "effect/Effect"
import { ConfigError, type SparsimError, UnsupportedError } from "../../arch/errors.ts"
import { parseOverride } from "../../arch/machine-catalogue.ts"
import type { BranchMachine } from "../../arch/machine.ts"
import { metadataFormats } from "../../dataflows/sparsity/compressed-size.ts"
import { optimizers } from "../../dataflows/optimizer.ts"
import {
  ablations,
  readChoice,
  readCount,
  readDensity,
  readInputShape,
  readPattern,
  readUnstructured,
  readSparsityFile,
  readTraining,
  type RunSpec,
} from "../run/run-spec.ts"
import { resolveAnyMachine } from "../run/resolve-machine.ts"
import type { WorkloadOptions } from "../workload/resolve-workload.ts"
import { isBranchTraceName } from "../workload/branch-trace/branch-trace-name.ts"
import { branchTraceFormats } from "../workload/branch-trace/trace-format.ts"
import { defaultMachine, defaultPredictor } from "./defaults.ts"
import { runDescribe } from "./commands/describe.ts"
import { runInstructions } from "./commands/instructions.ts"
import { runBranchTrace } from "./commands/branch-run.ts"
import { runRun } from "./commands/run.ts"
import type { RunCommand } from "./commands/run-command.ts"
import { paperNetworks } from "../study/training-speedup.ts"
import { type StudyCommand, runStudy } from "./commands/study.ts"
import { attempt } from "./edge.ts"
import { readPath } from "./read-path.ts"
import type { Terminal } from "./terminal.ts"

/** Everything is text, as typed. */
export interface RunFlags {
  readonly on?: string
  readonly sparsity?: string
  readonly sparsityFile?: string
  readonly metadata?: string
  readonly train?: string
  readonly dataflow?: string
  readonly ablate: readonly string[]
  readonly dtype?: string
  readonly ablations?: true
  readonly objective: string
  readonly optimizer?: string
  readonly schedule?: string
  readonly saveSchedule?: string
  readonly energy?: string
  readonly design?: string
  readonly library?: string
  readonly activationDensity?: string
  readonly warmUp?: string
  readonly traceFormat?: string
  readonly compat?: string
  readonly seed: string
  readonly detail: string
  readonly layers: number | "all"
  readonly band: boolean
  readonly out?: string
  readonly report?: string
  readonly json?: true
  readonly quiet?: true
  readonly batch?: string
  readonly input?: string
  readonly imageSize?: string
  readonly seq?: string
  readonly phase?: string
  readonly kv?: string
  readonly inputShape: readonly string[]
  readonly cfg?: string
  readonly set: readonly string[]
}

const workloadOptions = (flags: RunFlags): WorkloadOptions => ({
  ...(flags.batch === undefined ? {} : { batch: readCount("--batch", flags.batch) }),
  ...(flags.input === undefined ? {} : { input: flags.input }),
  ...(flags.imageSize === undefined ? {} : { imageSize: readCount("--image-size", flags.imageSize) }),
  ...(flags.seq === undefined ? {} : { seq: readCount("--seq", flags.seq) }),
  ...(flags.phase === undefined ? {} : { phase: flags.phase }),
  ...(flags.kv === undefined ? {} : { kv: readCount("--kv", flags.kv) }),
  ...(flags.cfg === undefined ? {} : { cfg: flags.cfg }),
  ...(flags.inputShape.length === 0
    ? {}
    : { inputShapes: Object.fromEntries(flags.inputShape.map(readInputShape)) }),
})

/** The run's pattern and those of single layers; a file's default is the run's pattern. @throws ConfigError */
const sparsityOf = (
  flags: RunFlags,
): Pick<RunSpec, "pattern" | "layerPatterns" | "unstructured" | "layerZeros" | "ownZeros"> => {
  if (flags.sparsity?.trim().toLowerCase() === "weights") {
    if (flags.sparsityFile === undefined) return { ownZeros: true }
    throw new ConfigError({
      message:
        "--sparsity weights: the weights' own zeros and a sparsity file say different things of the same layers",
      remedy: "Drop one of the two.",
    })
  }
  const unstructured = flags.sparsity === undefined ? undefined : readUnstructured(flags.sparsity)
  if (unstructured !== undefined) {
    if (flags.sparsityFile === undefined) return { unstructured }
    throw new ConfigError({
      message: `--sparsity ${flags.sparsity ?? ""}: a share of zeros and a sparsity file say different things of the same layers`,
      remedy: "Drop one of the two.",
    })
  }
  const given = flags.sparsity === undefined ? undefined : readPattern(flags.sparsity)
  if (flags.sparsityFile === undefined) return given === undefined ? {} : { pattern: given }
  const file = readSparsityFile(flags.sparsityFile)
  if ("layerZeros" in file) {
    if (flags.sparsity === undefined) return file
    throw new ConfigError({
      message: `--sparsity ${flags.sparsity}: the sparsity file says shares of zeros, which no pattern fits`,
      place: { file: file.layerZeros.file },
      remedy: "Drop one of the two.",
    })
  }
  const { layerPatterns } = file
  if (layerPatterns.default !== undefined && flags.sparsity !== undefined) {
    throw new ConfigError({
      message: `--sparsity ${flags.sparsity}: the sparsity file has a default of its own`,
      place: { file: layerPatterns.file, path: "default" },
      remedy: "Drop one of the two.",
    })
  }
  const pattern = layerPatterns.default === "dense" ? undefined : (layerPatterns.default ?? given)
  return { layerPatterns, ...(pattern === undefined ? {} : { pattern }) }
}

/** What SCALE-Sim's own counting has no counterpart of, of what was asked. */
const unknownToScaleSim = (spec: RunSpec, flags: RunFlags): string | undefined => {
  const asked: readonly (readonly [boolean, string])[] = [
    [spec.pattern !== undefined && "kind" in spec.pattern, "a pattern other than N:M"],
    [spec.layerPatterns !== undefined || spec.layerZeros !== undefined, "--sparsity-file"],
    [spec.metadata !== undefined, "--metadata"],
    [spec.ablate.length > 0, "--ablate"],
    [flags.ablations === true, "--ablations"],
    [spec.optimizer !== undefined, "--optimizer"],
    [spec.objective !== "time", `--objective ${spec.objective}`],
    [spec.scheduleFile !== undefined, "--schedule"],
    [flags.saveSchedule !== undefined, "--save-schedule"],
    [spec.dtype !== undefined, "--dtype"],
    [spec.detail !== "stage", `--detail ${spec.detail}`],
  ]
  return asked.find(([is]) => is)?.[1]
}

/** @throws UnsupportedError */
const checkScaleSim = (spec: RunSpec, flags: RunFlags): void => {
  const flag = spec.compat === "scalesim" ? unknownToScaleSim(spec, flags) : undefined
  if (flag === undefined) return
  throw new UnsupportedError({
    message: `SCALE-Sim's own counting does not know ${flag}`,
    remedy: "Add --compat none to run the topology on this tool's own model of the same array.",
  })
}

/** @throws ConfigError where a machine is named twice */
const machineOf = (workload: string, { on, cfg }: RunFlags): string => {
  if (on !== undefined && cfg !== undefined) {
    throw new ConfigError({
      message: `--on ${on}: --cfg ${cfg} describes a machine of its own`,
      remedy: "Drop one of the two; --set changes a number of either machine.",
    })
  }
  return on ?? (isBranchTraceName(workload) ? defaultPredictor : defaultMachine)
}

/** @throws ConfigError, UnsupportedError */
export const runSpec = (workload: string, flags: RunFlags): RunSpec => {
  const training = flags.train === undefined ? undefined : readTraining(flags.train)
  if (workload.trim() === "") {
    throw new ConfigError({
      message: "the workload is empty",
      remedy: "Name a network (`sparsim networks`), an operator such as gemm:512x512x512, or a file.",
    })
  }
  const spec: RunSpec = {
    ...workloadOptions(flags),
    workload,
    machine: machineOf(workload, flags),
    overrides: flags.set.map(parseOverride),
    ...sparsityOf(flags),
    ...(flags.metadata === undefined
      ? {}
      : { metadata: readChoice("--metadata", flags.metadata, metadataFormats) }),
    ...(training === undefined ? {} : { training }),
    ...(flags.dataflow === undefined
      ? {}
      : { dataflow: readChoice("--dataflow", flags.dataflow, ["os", "ws", "is"] as const) }),
    ...(flags.dtype === undefined ? {} : { dtype: flags.dtype }),
    ablate: flags.ablate.map((feature) => readChoice("--ablate", feature, ablations)),
    ...(flags.optimizer === undefined
      ? {}
      : { optimizer: readChoice("--optimizer", flags.optimizer, optimizers) }),
    objective: readChoice("--objective", flags.objective, ["time", "energy"] as const),
    ...(flags.schedule === undefined ? {} : { scheduleFile: readPath("--schedule", flags.schedule) }),
    ...(flags.energy === undefined ? {} : { energyTable: flags.energy }),
    ...(flags.design === undefined ? {} : { design: flags.design }),
    ...(flags.library === undefined ? {} : { library: flags.library }),
    ...(flags.activationDensity === undefined
      ? {}
      : { activationDensity: readDensity("--activation-density", flags.activationDensity) }),
    ...(flags.warmUp === undefined ? {} : { warmUp: readCount("--warm-up", flags.warmUp, 0) }),
    ...(flags.traceFormat === undefined
      ? {}
      : { traceFormat: readChoice("--trace-format", flags.traceFormat, branchTraceFormats) }),
    seed: readCount("--seed", flags.seed, 0),
    detail: readChoice("--detail", flags.detail, ["stage", "tile"] as const),
    compat: readChoice("--compat", flags.compat ?? (flags.cfg === undefined ? "none" : "scalesim"), [
      "scalesim",
      "none",
    ] as const),
  }
  if (flags.compat === "scalesim" && flags.cfg === undefined) {
    throw new ConfigError({
      message: "--compat scalesim: SCALE-Sim counts an array that a configuration of its own describes",
      remedy: "Add --cfg FILE, or drop --compat.",
    })
  }
  checkScaleSim(spec, flags)
  return spec
}

/** The predictor of a run over a branch trace; undefined where it is no such run. @throws ConfigError, UnsupportedError */
const predictorAsked = async ({ spec }: RunCommand): Promise<BranchMachine | undefined> => {
  if (spec.cfg !== undefined) return undefined
  const machine = await resolveAnyMachine(spec.machine, spec.overrides)
  if (machine.kind === "branch") return machine
  if (!isBranchTraceName(spec.workload)) return undefined
  throw new UnsupportedError({
    message: `${spec.workload} is a branch trace, and ${machine.id} is no branch predictor`,
    remedy: `Take a predictor such as --on tage-sc-l-64kb; \`sparsim machines\` lists them.`,
  })
}

/** `run` from its flags. */
export const runFromFlags = (
  workload: string,
  flags: RunFlags,
  terminal: Terminal,
): Effect.Effect<void, SparsimError> => {
  const command = attempt((): RunCommand => ({
    spec: runSpec(workload, flags),
    ...(flags.out === undefined ? {} : { out: readPath("--out", flags.out) }),
    ...(flags.report === undefined ? {} : { report: readPath("--report", flags.report) }),
    json: flags.json === true,
    quiet: flags.quiet === true,
    layers: flags.layers,
    bands: flags.band,
    ablations: flags.ablations === true,
    ...(flags.saveSchedule === undefined
      ? {}
      : { saveSchedule: readPath("--save-schedule", flags.saveSchedule) }),
  }))
  return Effect.gen(function* () {
    const asked = yield* command
    const predictor = yield* attempt(() => predictorAsked(asked))
    yield* predictor === undefined ? runRun(asked, terminal) : runBranchTrace(asked, predictor, terminal)
  })
}

/** `describe` from its flags. */
export const describeFromFlags = (
  name: string,
  flags: RunFlags,
  terminal: Terminal,
): Effect.Effect<void, SparsimError> => {
  const command = attempt(() => ({
    ...workloadOptions(flags),
    name,
    overrides: flags.set.map(parseOverride),
    json: flags.json === true,
    quiet: flags.quiet === true,
  }))
  return Effect.flatMap(command, (c) => runDescribe(c, terminal))
}

export const instructionsFromFlags = (
  board: string,
  flags: { readonly set: readonly string[]; readonly json?: true },
  terminal: Terminal,
): Effect.Effect<void, SparsimError> => {
  const command = attempt(() => ({
    board,
    overrides: flags.set.map(parseOverride),
    json: flags.json === true,
  }))
  return Effect.flatMap(command, (c) => runInstructions(c, terminal))
}

export interface StudyFlags {
  readonly on: string
  readonly train: string
  readonly sparsity: string
  readonly networks?: string
  readonly set: readonly string[]
  readonly samples: string
  readonly seed: string
  readonly json?: true
  readonly quiet?: true
}

/** "resnet50:32,vit-b/16:8" as networks with their batches; without a batch it is 1. @throws ConfigError */
const readNetworks = (text: string): readonly { readonly network: string; readonly batch: number }[] =>
  text.split(",").map((item) => {
    const colon = item.lastIndexOf(":")
    return colon < 0
      ? { network: item.trim(), batch: 1 }
      : { network: item.slice(0, colon).trim(), batch: readCount("--networks batch", item.slice(colon + 1)) }
  })

/** `study` from its flags. */
export const studyFromFlags = (flags: StudyFlags, terminal: Terminal): Effect.Effect<void, SparsimError> => {
  const command = attempt((): StudyCommand => {
    const pattern = readPattern(flags.sparsity)
    const method = readTraining(flags.train)
    if (pattern === undefined || method === "dense") {
      throw new ConfigError({
        message: "a study compares a pruned step with the dense one",
        remedy: "Give a method that prunes and a pattern, for example --train bdwp --sparsity 2:8.",
      })
    }
    return {
      machine: flags.on,
      overrides: flags.set.map(parseOverride),
      method,
      pattern,
      networks: flags.networks === undefined ? paperNetworks : readNetworks(flags.networks),
      samples: readCount("--samples", flags.samples, 0),
      seed: readCount("--seed", flags.seed, 0),
      json: flags.json === true,
      quiet: flags.quiet === true,
    }
  })
  return Effect.flatMap(command, (c) => runStudy(c, terminal))
}
