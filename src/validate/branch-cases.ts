/**
 * Branch cases: predictors over traces, counted to the last misprediction. Traces take seconds and are read as they stream,
 * so these cases are measured before the others are predicted, all predictors of a trace in one pass.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { ConfigError, UnsupportedError, WorkloadError } from "../../arch/errors.ts"
import { loadBranchMachine } from "../../arch/machine-catalogue.ts"
import type { BranchMachine } from "../../arch/machine.ts"
import { planOf } from "../../sim/branch/write-branch-trace.ts"
import { measureBlocks } from "../branch/measure-blocks.ts"
import { openBranchTrace } from "../workload/branch-trace/open-branch-trace.ts"
import { samplePath } from "../workload/branch-trace/sample-traces.ts"
import type { CaseFile, ValidationCase } from "./case-file.ts"
import { type Prediction, type Unsupported, unsupported } from "./prediction.ts"
import { text } from "./workload-fields.ts"

/** Outcomes of the cases that were measured. */
export type MeasuredCases = ReadonlyMap<ValidationCase, Prediction | Unsupported>

export const isBranchCase = (validationCase: ValidationCase): boolean =>
  text(validationCase, "kind") === "branch-trace"

/** The naive baseline of every predictor. */
const baseline = "mbp_bimodal_64KB"

/** Where a case's trace is: below `folder`, or among those of the package. */
const traceFile = (trace: string, folder: string | undefined): string | undefined => {
  const path = folder === undefined ? undefined : join(folder, trace)
  return path !== undefined && existsSync(path) ? path : samplePath(trace)
}

const machineOf = (id: string): BranchMachine | Unsupported => {
  try {
    return loadBranchMachine(id)
  } catch (error) {
    if (error instanceof ConfigError || error instanceof UnsupportedError) return unsupported(error.message)
    throw error
  }
}

const measureTrace = async (
  file: string,
  cases: readonly ValidationCase[],
  step: (branches: number) => void,
): Promise<MeasuredCases> => {
  const outcomes = new Map<ValidationCase, Prediction | Unsupported>()
  const machines = new Map<string, BranchMachine>()
  for (const id of new Set([...cases.map(({ machine }) => machine), baseline])) {
    const machine = machineOf(id)
    if (machine.kind === "branch") machines.set(id, machine)
    else {
      for (const one of cases.filter((c) => c.machine === id)) outcomes.set(one, machine)
    }
  }
  const reader = await openBranchTrace(file)
  const seen = { branches: 0 }
  async function* counted() {
    for await (const block of reader.blocks()) {
      yield block
      seen.branches += block.length
      step(seen.branches)
    }
  }
  const measurements = await measureBlocks(
    counted(),
    [...machines.values()].map((machine) => ({
      sizes: machine.predictor,
      plan: planOf(machine, { warmUpInstructions: 0, worstBranches: 0 }),
    })),
  )
  const missed = new Map([...machines.keys()].map((id, i) => [id, measurements[i].measured.total]))
  for (const one of cases) {
    const total = missed.get(one.machine)
    if (total === undefined) continue
    outcomes.set(
      one,
      one.metric === "mispredictions"
        ? {
            kind: "prediction",
            predicted: total.mispredictions,
            baseline: missed.get(baseline)?.mispredictions ?? Number.NaN,
            group: `branch ${one.machine}`,
            extra: {
              mpki: (1000 * total.mispredictions) / reader.instructions(),
              instructions: reader.instructions(),
              conditional: total.conditional,
              branches: total.branches,
            },
          }
        : unsupported(`no metric "${one.metric}" of branch traces`),
    )
  }
  return outcomes
}

/** The cases of a file that are over one trace of the package. */
export const branchCasesOf = (file: CaseFile, sample: string): CaseFile => ({
  ...file,
  cases: file.cases.filter((one) => samplePath(text(one, "trace") ?? "") === samplePath(sample)),
})

/** Runs all branch cases of the files; `folder` is what their traces are relative to. */
export const measureBranchCases = async (
  files: readonly CaseFile[],
  folder: string | undefined,
  step: (what: string) => void = () => undefined,
): Promise<MeasuredCases> => {
  const outcomes = new Map<ValidationCase, Prediction | Unsupported>()
  const byTrace = new Map<string, ValidationCase[]>()
  for (const one of files.flatMap(({ cases }) => cases).filter(isBranchCase)) {
    const trace = text(one, "trace")
    const file = trace === undefined ? undefined : traceFile(trace, folder)
    if (trace === undefined) outcomes.set(one, unsupported("the case names no trace"))
    else if (file === undefined) {
      outcomes.set(
        one,
        unsupported(
          folder === undefined
            ? "its branch trace is not among those of the package; --traces DIR says where others are"
            : "its branch trace is not below the folder of --traces",
        ),
      )
    } else byTrace.set(file, [...(byTrace.get(file) ?? []), one])
  }
  for (const [file, cases] of byTrace) {
    try {
      const measured = await measureTrace(file, cases, (branches) => step(`${file}: ${branches} branches`))
      for (const [one, outcome] of measured) outcomes.set(one, outcome)
    } catch (error) {
      if (!(error instanceof WorkloadError)) throw error
      for (const one of cases) outcomes.set(one, unsupported(error.message))
    }
  }
  return outcomes
}
