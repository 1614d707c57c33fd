/** `sparsim validate [CASES.json ...]`: predictions against known figures. */
import { readFile } from "node:fs/promises"
import * as Effect from "effect/Effect"
import { ConfigError, type SparsimError, WorkloadError } from "../../../arch/errors.ts"
import { didYouMean } from "../../../arch/nearest.ts"
import { clientAssets } from "../../../reports/client-assets.ts"
import { validationPage } from "../../../reports/pages/validation-page.ts"
import { writeAtomically } from "../../../sim/trace/export/write-atomically.ts"
import { branchCasesOf, measureBranchCases } from "../../validate/branch-cases.ts"
import { builtinBranchCases, builtinCases } from "../../validate/builtin-cases.ts"
import { type CaseFile, readCaseFile } from "../../validate/case-file.ts"
import { validate, type ValidationResult } from "../../validate/validate.ts"
import { attempt } from "../edge.ts"
import { percent } from "../format.ts"
import { progress } from "../progress.ts"
import { table } from "../table.ts"
import type { Terminal } from "../terminal.ts"

export interface ValidateCommand {
  /** Case files; none means the built-in ones. */
  readonly files: readonly string[]
  /** Names of the built-in case files that are run; all when absent. */
  readonly only?: readonly string[]
  /** Folder that the traces of branch cases are relative to. */
  readonly traces?: string
  readonly report?: string
  readonly json: boolean
  readonly quiet: boolean
  /** Show every case, not only the worst. */
  readonly cases: boolean
}

/** Branch traces take a while, so without being asked for only the shortest of the package is run. */
const shortTrace = "ns-selfcheck"

type Chosen = Pick<ValidateCommand, "files" | "only" | "traces">

const runsShortTraceOnly = ({ files, only, traces }: Chosen): boolean =>
  files.length === 0 && only === undefined && traces === undefined

/** The built-in case files with those names; all of them without names. @throws ConfigError with the nearest name */
const builtinFiles = (command: Chosen): readonly CaseFile[] => {
  const { only } = command
  const branch = runsShortTraceOnly(command)
    ? branchCasesOf(builtinBranchCases, shortTrace)
    : builtinBranchCases
  const all: ReadonlyMap<string, CaseFile> = new Map([...builtinCases, ["branch", branch]])
  if (only === undefined) return [...all.values()]
  return only.map((name) => {
    const file = all.get(name)
    if (file !== undefined) return file
    throw new ConfigError({
      message: `--only ${name}: there are no built-in cases of that name`,
      remedy: didYouMean(name, [...all.keys()]),
    })
  })
}

/** @throws ConfigError, WorkloadError */
const readCases = async (command: ValidateCommand): Promise<readonly CaseFile[]> => {
  const { files, only } = command
  if (files.length > 0 && only !== undefined) {
    throw new ConfigError({
      message: "--only chooses among the built-in cases, and case files were named",
      remedy: "Drop one of the two.",
    })
  }
  if (files.length === 0) return builtinFiles(command)
  return Promise.all(
    files.map(async (file) => {
      let text: string
      try {
        text = await readFile(file, "utf8")
      } catch {
        throw new WorkloadError({
          message: "the case file cannot be read",
          place: { file },
          remedy: "Check the path; without files the built-in cases are run.",
        })
      }
      return readCaseFile(text, file)
    }),
  )
}

const groupLines = (result: ValidationResult, width: number): string =>
  table(
    result.groups,
    [
      { title: "group", cell: ({ group }) => group, flexible: true },
      { title: "n", cell: ({ n }) => String(n), align: "right" },
      { title: "MAPE", cell: ({ mape }) => percent(mape, 2), align: "right" },
      { title: "median", cell: ({ medianApe }) => percent(medianApe, 2), align: "right" },
      { title: "max", cell: ({ maxApe }) => percent(maxApe, 2), align: "right" },
      { title: "bias", cell: ({ bias }) => percent(bias, 2), align: "right" },
      // Two cases agree or they do not: their rank correlation says no more than ±1.
      {
        title: "τ",
        cell: ({ n, kendallTau }) => (n < 3 ? "" : (kendallTau?.toFixed(2) ?? "")),
        align: "right",
      },
      {
        title: "≤5/10/20 %",
        cell: ({ within5, within10, within20 }) =>
          [within5, within10, within20].map((share) => Math.round(share * 100)).join("/"),
        align: "right",
      },
      { title: "equal", cell: ({ equal, n }) => `${equal}/${n}`, align: "right" },
      {
        title: "extra",
        cell: ({ extraEqual, extraFields }) => (extraFields === 0 ? "" : `${extraEqual}/${extraFields}`),
        align: "right",
      },
      {
        title: "baseline",
        cell: ({ baselineMape }) => (baselineMape === null ? "" : percent(baselineMape)),
        align: "right",
      },
    ],
    width,
  )

const caseLines = (result: ValidationResult, all: boolean, width: number): string => {
  const wrong = result.cases
    .filter(({ equal }) => all || !equal)
    .toSorted((a, b) => Math.abs(b.error) - Math.abs(a.error))
  const shown = all ? wrong : wrong.slice(0, 10)
  if (shown.length === 0) return "Every case is equal at the digits it is given with.\n"
  return table(
    shown,
    [
      { title: "case", cell: ({ id }) => id, flexible: true },
      { title: "predicted", cell: ({ predicted }) => predicted.toPrecision(6), align: "right" },
      { title: "expected", cell: ({ expected }) => String(expected), align: "right" },
      { title: "error", cell: ({ error }) => percent(error, 2), align: "right" },
      { title: "evidence", cell: ({ evidence }) => evidence },
    ],
    width,
  )
}

export const runValidate = (
  command: ValidateCommand,
  terminal: Terminal,
): Effect.Effect<void, SparsimError> =>
  Effect.gen(function* () {
    const shown = progress(terminal, command.quiet)
    const files = yield* attempt(() => readCases(command))
    shown.step("running cases")
    const measured = yield* attempt(() => measureBranchCases(files, command.traces, shown.step))
    const result = yield* attempt(() => validate(files, measured))
    shown.end()
    if (command.report !== undefined) {
      const { report } = command
      yield* attempt(async () => {
        const page = validationPage({ report: result, command: "sparsim validate" }, await clientAssets())
        await writeAtomically(report, [page])
      })
    }
    if (command.json) {
      terminal.out(`${JSON.stringify({ schema: "sparsim-validation/1", ...result }, null, 2)}\n`)
      return
    }
    if (result.cases.length > 0) terminal.out(groupLines(result, terminal.width))
    if (result.pairGroups.length > 0) {
      terminal.out("\nSpeed-up over the dense case:\n")
      terminal.out(
        table(
          result.pairGroups,
          [
            { title: "group", cell: ({ group }) => group, flexible: true },
            { title: "pairs", cell: ({ n }) => String(n), align: "right" },
            { title: "MAPE", cell: ({ mape }) => percent(mape, 2), align: "right" },
            {
              title: "predicted ÷ expected, geomean",
              cell: ({ geomeanError }) => (1 + geomeanError).toFixed(4),
              align: "right",
            },
          ],
          terminal.width,
        ),
      )
    }
    terminal.out(
      result.cases.length === 0
        ? "No case could be run.\n"
        : `\n${caseLines(result, command.cases, terminal.width)}`,
    )
    for (const { reason, n } of result.unsupported) {
      terminal.out(`not run: ${n} case${n === 1 ? "" : "s"}, ${reason}\n`)
    }
    if (runsShortTraceOnly(command)) {
      terminal.out(
        `branch predictors: the cases of one trace, ${shortTrace}; --only branch runs those of five, with --traces DIR of all\n`,
      )
    }
    if (command.report !== undefined) terminal.out(`wrote ${command.report}\n`)
  })
