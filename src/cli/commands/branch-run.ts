/** `sparsim run TRACE --on PREDICTOR`: branch predictors over a branch trace. */
import { basename, join } from "node:path"
import * as Effect from "effect/Effect"
import { type SparsimError, UnsupportedError } from "../../../arch/errors.ts"
import type { BranchMachine } from "../../../arch/machine.ts"
import { writeAtomically } from "../../../sim/trace/export/write-atomically.ts"
import { openTraceStore } from "../../../sim/trace/parquet-store.ts"
import type { Trace } from "../../../sim/trace/trace.ts"
import { besideSparse } from "../../branch/beside-sparse.ts"
import { branchOutcome } from "../../branch/branch-outcome.ts"
import { runBranches } from "../../branch/branch-run.ts"
import type { PassProgress } from "../../branch/train-on-trace.ts"
import { openBranchSource } from "../../branch/branch-source.ts"
import { refuseOtherFlags } from "../../run/kind-flags.ts"
import { normalisedCommand } from "../../run/normalised-command.ts"
import { attempt } from "../edge.ts"
import { short } from "../format.ts"
import { progress } from "../progress.ts"
import type { Terminal } from "../terminal.ts"
import { branchSummary, branchVerdict } from "./branch-lines.ts"
import type { RunCommand } from "./run-command.ts"
import { branchRunsPage } from "./branch-runs-page.ts"

/** Static branches that are kept in a trace. */
export const keptBranches = 64

/** Folder name of a run's trace. */
export const branchTraceName = (workload: string, machine: string): string =>
  `${basename(workload)}-${machine}`.replaceAll(/[^\w.@+-]+/g, "_").slice(0, 120) + ".trace"

/** Says how many branches are done, and how many that is a second. */
export const branchProgress = (what: string, step: (text: string) => void): ((branches: number) => void) => {
  const started = performance.now()
  return (branches) => {
    const rate = branches / ((performance.now() - started) / 1000)
    step(`${what}: ${short(branches)} branches, ${short(rate)}/s`)
  }
}

/** Says so of every pass over the trace, and what takes long between them. */
export const passProgress = (name: string, step: (text: string) => void): PassProgress => ({
  pass: (what) => branchProgress(`${name}, ${what}`, step),
  tell: (what) => step(`${name}, ${what}`),
})

export const writeBranchStore = async (folder: string, name: string, trace: Trace): Promise<string> => {
  const path = join(folder, name)
  const store = await openTraceStore(path)
  await store.commit(trace)
  return path
}

/** What a run over a branch trace was asked in vain. @throws UnsupportedError */
const refuseWithoutMeaning = (
  { spec, ablations, saveSchedule }: RunCommand,
  machine: BranchMachine,
): void => {
  refuseOtherFlags(machine, spec, ["warmUp", "traceFormat"])
  const asked = {
    "--sparsity": spec.pattern,
    "--sparsity-file": spec.layerPatterns,
    "--dtype": spec.dtype,
    "--batch": spec.batch,
    "--input": spec.input,
    "--image-size": spec.imageSize,
    "--seq": spec.seq,
    "--phase": spec.phase,
    "--kv": spec.kv,
    "--input-shape": spec.inputShapes,
    "--ablations": ablations ? true : undefined,
    "--save-schedule": saveSchedule,
  }
  const [flag] = Object.entries(asked).find(([, value]) => value !== undefined) ?? []
  if (flag === undefined) return
  throw new UnsupportedError({
    message: `${flag}: it has no meaning for a branch predictor such as ${machine.id}`,
    remedy: "Leave it out.",
  })
}

export const runBranchTrace = (
  command: RunCommand,
  machine: BranchMachine,
  terminal: Terminal,
): Effect.Effect<void, SparsimError> =>
  Effect.gen(function* () {
    const { spec } = command
    const { workload } = spec
    const shown = progress(terminal, command.quiet)
    const [run, ...beside] = yield* attempt(async () => {
      refuseWithoutMeaning(command, machine)
      const source = await openBranchSource(
        workload,
        spec.traceFormat === undefined ? {} : { format: spec.traceFormat },
      )
      return runBranches(source, [machine, ...besideSparse(machine)], {
        warmUpInstructions: spec.warmUp ?? 0,
        worstBranches: keptBranches,
        ...(spec.energyTable === undefined ? {} : { energyTable: spec.energyTable }),
        command: () => normalisedCommand(spec),
        seed: spec.seed,
        progress: passProgress(machine.id, shown.step),
      })
    })
    const outcome = yield* attempt(() => branchOutcome(run, beside))
    const written: string[] = []
    const { out, report } = command
    if (out !== undefined) {
      shown.step("writing the trace")
      written.push(
        yield* attempt(() => writeBranchStore(out, branchTraceName(workload, machine.id), run.trace)),
      )
    }
    if (report !== undefined) {
      shown.step("writing the page")
      yield* attempt(async () => writeAtomically(report, [await branchRunsPage([run.trace])]))
      written.push(report)
    }
    shown.end()
    if (command.json) {
      terminal.out(
        `${JSON.stringify(
          {
            schema: "sparsim-branch-run/1",
            workload: run.trace.manifest.workload,
            settings: run.trace.manifest.settings,
            verdict: branchVerdict(outcome),
            ...outcome,
            written: written.map((path) => basename(path)),
          },
          null,
          2,
        )}\n`,
      )
      return
    }
    terminal.out(branchSummary(outcome, basename(workload), command.layers, terminal))
    for (const path of written) terminal.out(`wrote ${path}\n`)
  })
