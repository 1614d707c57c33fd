/** Flags of `kernel bench` and `kernel calibrate` as commander gives them, turned into commands. */
import * as Effect from "effect/Effect"
import { ConfigError, type SparsimError } from "../../arch/errors.ts"
import type { MeasureCommand } from "../kernel/measure-in-processes.ts"
import { readCount } from "../run/run-spec.ts"
import { type KernelCommand, runKernelBench, runKernelCalibrate } from "./commands/kernel-bench.ts"
import { attempt } from "./edge.ts"
import { readPath } from "./read-path.ts"
import type { Terminal } from "./terminal.ts"

interface KernelFlags {
  readonly samples: string
  readonly processes: string
  readonly json?: true
  readonly quiet?: true
  readonly self: MeasureCommand
}

const common = ({ samples, processes, json, quiet, self }: KernelFlags): KernelCommand => ({
  samples: readCount("--samples", samples),
  processes: readCount("--processes", processes),
  json: json === true,
  quiet: quiet === true,
  self,
})

/** "50,95" as shares of zeros, each once, in the order given. @throws ConfigError */
const readSparsities = (list: string): readonly number[] => {
  const percentages = list
    .split(",")
    .map((text) => (/^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : Number.NaN))
  if (!percentages.every((value) => value >= 0 && value < 100)) {
    throw new ConfigError({
      message: `--sparsities ${list}: expected percentages of at least 0 and below 100`,
      remedy: "For example --sparsities 70,80,90.",
    })
  }
  return [...new Set(percentages.map((value) => value / 100))]
}

/** Whether numbers are fitted in the run. @throws ConfigError where a file gives them as well */
const oneSource = ({
  machine,
  calibrate,
}: {
  readonly machine?: string
  readonly calibrate: boolean
}): boolean => {
  if (!calibrate || machine === undefined) return calibrate
  throw new ConfigError({
    message: "--calibrate and --machine both give the numbers of the model",
    remedy: "Keep --calibrate to measure them now, or --machine for those of a file.",
  })
}

export const benchFromFlags = (
  flags: KernelFlags & {
    readonly sparsities: string
    readonly machine?: string
    readonly calibrate: boolean
    readonly out?: string
    readonly report?: string
  },
  terminal: Terminal,
): Effect.Effect<void, SparsimError> =>
  Effect.flatMap(
    attempt(() => ({
      ...common(flags),
      sparsities: readSparsities(flags.sparsities),
      calibrate: oneSource(flags),
      ...(flags.machine === undefined ? {} : { machine: readPath("--machine", flags.machine) }),
      ...(flags.out === undefined ? {} : { out: readPath("--out", flags.out) }),
      ...(flags.report === undefined ? {} : { report: readPath("--report", flags.report) }),
    })),
    (command) => runKernelBench(command, terminal),
  )

export const calibrateFromFlags = (
  flags: KernelFlags & { readonly out: string },
  terminal: Terminal,
): Effect.Effect<void, SparsimError> =>
  Effect.flatMap(
    attempt(() => ({ ...common(flags), out: readPath("--out", flags.out) })),
    (command) => runKernelCalibrate(command, terminal),
  )
