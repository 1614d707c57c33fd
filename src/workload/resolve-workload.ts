/** WORKLOAD of the command line: an operator, a file or a built-in network. */
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { basename, extname } from "node:path"
import { ConfigError, WorkloadError } from "../../arch/errors.ts"
import { type Network, withBatch } from "../../dataflows/network.ts"
import { buildNetwork } from "./networks/build-network.ts"
import { networkNames } from "./networks/registry.ts"
import { isOperatorSpec, readOperatorSpec } from "./operator-spec.ts"
import { readScaleSimConfig, type ScaleSimConfig } from "./scalesim/config.ts"
import { networkFromTopology } from "./scalesim/topology-network.ts"
import { readScaleSimTopology, type ScaleSimTopology } from "./scalesim/topology.ts"

/** Options of a run that shape the workload. */
export interface WorkloadOptions {
  readonly batch?: number
  readonly input?: string
  readonly imageSize?: number
  readonly seq?: number
  readonly phase?: string
  readonly kv?: number
  /** Shapes of ONNX inputs by name. */
  readonly inputShapes?: Readonly<Record<string, readonly number[]>>
  /** SCALE-Sim configuration file. */
  readonly cfg?: string
}

export interface Workload {
  readonly network: Network
  readonly warnings: readonly string[]
  /** Present for SCALE-Sim topologies. */
  readonly topology?: ScaleSimTopology
  readonly config?: ScaleSimConfig
}

const read = async (file: string): Promise<string> => {
  try {
    return await readFile(file, "utf8")
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : ""
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: "there is no such file",
      EISDIR: "this is a folder, not a file",
      EACCES: "the file may not be read",
    }
    throw new WorkloadError({
      message: reasons[code] ?? `the file cannot be read (${code})`,
      place: { file },
      remedy: "Check the path; it is relative to the current folder.",
    })
  }
}

const scaleSimWorkload = async (file: string, options: WorkloadOptions): Promise<Workload> => {
  const topology = readScaleSimTopology(await read(file), file)
  const config =
    options.cfg === undefined ? undefined : readScaleSimConfig(await read(options.cfg), options.cfg)
  const network = withBatch(networkFromTopology(topology), options.batch ?? 1)
  const ignored =
    topology.ignoredColumns.length === 0
      ? []
      : [`${basename(file)}: columns not read: ${topology.ignoredColumns.join(", ")}`]
  return {
    network,
    warnings: [...ignored, ...(config?.warnings ?? []).map((warning) => warning.message)],
    topology,
    ...(config === undefined ? {} : { config }),
  }
}

const onnxWorkload = async (file: string, options: WorkloadOptions): Promise<Workload> => {
  const { readOnnx } = await import("./onnx/read-onnx.ts")
  const { network, warnings } = await readOnnx(file, {
    ...(options.batch === undefined ? {} : { batch: options.batch }),
    ...(options.inputShapes === undefined ? {} : { inputs: options.inputShapes }),
  })
  return { network, warnings }
}

/** Options that shape only workloads of one kind, as their flags. */
const optionFlags = {
  input: "--input",
  imageSize: "--image-size",
  seq: "--seq",
  phase: "--phase",
  kv: "--kv",
  inputShapes: "--input-shape",
} as const

/** @throws ConfigError for an option that would change nothing of this kind of workload */
const refuseWithoutEffect = (
  spec: string,
  options: WorkloadOptions,
  kind: string,
  known: readonly (keyof typeof optionFlags)[],
): void => {
  for (const [option, flag] of Object.entries(optionFlags) as [keyof typeof optionFlags, string][]) {
    if (options[option] === undefined || known.includes(option)) continue
    throw new ConfigError({
      message: `${flag} has no effect on ${kind} such as "${spec}"`,
      remedy: `Drop it${known.length === 0 ? "." : `, or use ${known.map((k) => optionFlags[k]).join(", ")}.`}`,
    })
  }
}

const looksLikeFile = (spec: string): boolean =>
  /[/\\]/.test(spec) || /\.(onnx|csv|json|txt|pb|zst|gz|bz2)$/i.test(spec)

/** Reads or builds the workload. @throws WorkloadError, ConfigError */
export const resolveWorkload = async (spec: string, options: WorkloadOptions): Promise<Workload> => {
  const extension = extname(spec).toLowerCase()
  if (options.cfg !== undefined && extension !== ".csv") {
    throw new ConfigError({
      message: `--cfg goes with a SCALE-Sim topology (.csv), not with "${spec}"`,
      remedy: "For example: sparsim run resnet18.csv --cfg scale.cfg",
    })
  }
  if (extension === ".csv") {
    refuseWithoutEffect(spec, options, "a topology", [])
    return scaleSimWorkload(spec, options)
  }
  if (extension === ".onnx") {
    refuseWithoutEffect(spec, options, "a model file", ["inputShapes"])
    return onnxWorkload(spec, options)
  }
  if (isOperatorSpec(spec)) {
    refuseWithoutEffect(spec, options, "an operator", [])
    return { network: readOperatorSpec(spec, options.batch), warnings: [] }
  }
  if (looksLikeFile(spec) && !networkNames().includes(spec)) {
    if (existsSync(spec) || extension !== "") {
      throw new WorkloadError({
        message: existsSync(spec)
          ? `"${extension}" is not a kind of workload file that is known`
          : "there is no such file",
        place: { file: spec },
        remedy: "Files are .onnx models and SCALE-Sim .csv topologies.",
      })
    }
  }
  const ofNetworks = ["input", "imageSize", "seq", "phase", "kv"] as const
  refuseWithoutEffect(spec, options, "a built-in network", ofNetworks)
  const { batch, input, imageSize, seq, phase, kv } = options
  return { network: buildNetwork(spec, { batch, input, imageSize, seq, phase, kv }), warnings: [] }
}
