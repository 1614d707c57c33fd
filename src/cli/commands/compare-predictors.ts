/** `sparsim branch compare TRACE... --on A,B,C`: predictors side by side, one pass over each trace. */
import { basename } from "node:path"
import * as Effect from "effect/Effect"
import { ConfigError, type SparsimError } from "../../../arch/errors.ts"
import { parseOverride } from "../../../arch/machine-catalogue.ts"
import { asBranchMachine, type BranchMachine } from "../../../arch/machine.ts"
import { writeAtomically } from "../../../sim/trace/export/write-atomically.ts"
import { type BranchOutcome, branchOutcome } from "../../branch/branch-outcome.ts"
import { type BranchRun, runBranches } from "../../branch/branch-run.ts"
import { openBranchSource } from "../../branch/branch-source.ts"
import { resolveAnyMachine } from "../../run/resolve-machine.ts"
import { readChoice, readCount } from "../../run/run-spec.ts"
import { branchTraceFormats } from "../../workload/branch-trace/trace-format.ts"
import { attempt } from "../edge.ts"
import { grouped } from "../format.ts"
import { progress } from "../progress.ts"
import { readPath } from "../read-path.ts"
import type { Terminal } from "../terminal.ts"
import { predictorLines } from "./branch-lines.ts"
import { passProgress, branchTraceName, keptBranches, writeBranchStore } from "./branch-run.ts"
import { branchRunsPage } from "./branch-runs-page.ts"

/** What is compared where nothing is named: one of each kind. */
const oneOfEachKind =
  "bimodal-64kb,gshare-64kb,hashed-perceptron-64kb,tage-64kb,batage-64kb,tage-sc-l-8kb,tage-sc-l-64kb"

export interface PredictorCompareFlags {
  readonly on?: string
  readonly warmUp?: string
  readonly traceFormat?: string
  readonly set: readonly string[]
  readonly out?: string
  readonly report?: string
  readonly json?: true
  readonly quiet?: true
}

/** @throws ConfigError, UnsupportedError */
const machinesOf = async ({
  on = oneOfEachKind,
  set,
}: PredictorCompareFlags): Promise<readonly BranchMachine[]> => {
  const names = on
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
  if (names.length === 0) {
    throw new ConfigError({
      message: "--on names no predictor",
      remedy: "For example --on gshare-64kb,tage-sc-l-64kb.",
    })
  }
  const again = names.find((name, i) => names.indexOf(name) !== i)
  if (again !== undefined) {
    throw new ConfigError({
      message: `--on: ${again} is named twice`,
      remedy: "Name each predictor once; a machine file of your own can hold a variant of it.",
    })
  }
  const overrides = set.map(parseOverride)
  return Promise.all(names.map(async (name) => asBranchMachine(await resolveAnyMachine(name, overrides))))
}

interface Compared {
  readonly trace: string
  readonly runs: readonly BranchRun[]
  readonly outcomes: readonly BranchOutcome[]
}

/** Mispredictions and instructions of all traces together, by predictor. */
const pooledOf = (compared: readonly Compared[]) =>
  compared[0].outcomes.map(({ machine, storageBits }, i) => {
    const all = compared.map(({ outcomes }) => outcomes[i])
    const mispredictions = all.reduce((sum, outcome) => sum + outcome.mispredictions, 0)
    const instructions = all.reduce((sum, outcome) => sum + outcome.instructions, 0)
    return {
      machine,
      storageBits,
      mispredictions,
      instructions,
      mpki: (1000 * mispredictions) / instructions,
      meanMpki: all.reduce((sum, outcome) => sum + outcome.mpki, 0) / all.length,
    }
  })

/** Runs the command. */
export const runPredictorCompare = (
  files: readonly string[],
  flags: PredictorCompareFlags,
  terminal: Terminal,
): Effect.Effect<void, SparsimError> =>
  Effect.gen(function* () {
    const shown = progress(terminal, flags.quiet === true)
    const { options, out, report, format } = yield* attempt(() => ({
      options: {
        warmUpInstructions: flags.warmUp === undefined ? 0 : readCount("--warm-up", flags.warmUp, 0),
        worstBranches: keptBranches,
        seed: 1,
      },
      out: flags.out === undefined ? undefined : readPath("--out", flags.out),
      report: flags.report === undefined ? undefined : readPath("--report", flags.report),
      format:
        flags.traceFormat === undefined
          ? undefined
          : readChoice("--trace-format", flags.traceFormat, branchTraceFormats),
    }))
    if (report !== undefined && files.length > 1) {
      yield* Effect.fail(
        new ConfigError({
          message: "--report writes the page of one trace, and several were named",
          remedy: "Name one trace, or keep the runs with --out and make pages with `sparsim report`.",
        }),
      )
    }
    const machines = yield* attempt(() => machinesOf(flags))
    const compared: Compared[] = []
    const written: string[] = []
    for (const file of files) {
      const command = (machine: string): string =>
        [
          `sparsim run ${basename(file)} --on ${machine}`,
          ...(flags.warmUp === undefined ? [] : [`--warm-up ${options.warmUpInstructions}`]),
          ...(format === undefined ? [] : [`--trace-format ${format}`]),
          ...flags.set.map((one) => `--set ${one}`),
        ].join(" ")
      const runs = yield* attempt(async () =>
        runBranches(await openBranchSource(file, format === undefined ? {} : { format }), machines, {
          ...options,
          command,
          progress: passProgress(basename(file), shown.step),
        }),
      )
      const outcomes = yield* attempt(() => runs.map((run) => branchOutcome(run)))
      compared.push({ trace: basename(file), runs, outcomes })
      if (out === undefined) continue
      shown.step("writing the traces")
      for (const { machine, trace } of runs) {
        written.push(yield* attempt(() => writeBranchStore(out, branchTraceName(file, machine.id), trace)))
      }
    }
    if (report !== undefined) {
      shown.step("writing the page")
      const traces = compared[0].runs.map(({ trace }) => trace)
      yield* attempt(async () => writeAtomically(report, [await branchRunsPage(traces)]))
      written.push(report)
    }
    shown.end()
    const pooled = pooledOf(compared)
    if (flags.json === true) {
      const output = {
        schema: "sparsim-branch-compare/1",
        traces: compared.map(({ trace, outcomes }) => ({ trace, predictors: outcomes })),
        pooled,
        written: written.map((path) => basename(path)),
      }
      terminal.out(`${JSON.stringify(output, null, 2)}\n`)
      return
    }
    for (const { trace, outcomes } of compared) {
      const [{ branches, conditional, instructions }] = outcomes
      terminal.out(
        `${trace}: ${grouped(branches)} branches, ${grouped(conditional)} conditional, of ${grouped(instructions)} instructions\n\n`,
      )
      terminal.out(`${predictorLines(outcomes, terminal.width)}\n`)
    }
    if (compared.length > 1) {
      const best = pooled.reduce((a, b) => (b.mispredictions < a.mispredictions ? b : a))
      terminal.out(`All ${compared.length} traces together:\n`)
      for (const { machine, mispredictions, mpki, meanMpki } of pooled) {
        terminal.out(
          `  ${machine}: ${grouped(mispredictions)} missed, ${mpki.toFixed(4)} MPKI, ${meanMpki.toFixed(4)} on average${machine === best.machine ? ", the fewest" : ""}\n`,
        )
      }
    }
    for (const path of written) terminal.out(`wrote ${path}\n`)
  })
