/** `sparsim branch analyse TRACE`. */
import { basename } from "node:path"
import * as Effect from "effect/Effect"
import type { SparsimError } from "../../../arch/errors.ts"
import { parseOverride } from "../../../arch/machine-catalogue.ts"
import { asBranchMachine } from "../../../arch/machine.ts"
import { clientAssets } from "../../../reports/client-assets.ts"
import { analysisVerdict } from "../../../reports/branch/analysis.ts"
import { analysisPage } from "../../../reports/pages/analysis-page.ts"
import { writeAtomically } from "../../../sim/trace/export/write-atomically.ts"
import { analyseTrace, type TraceAnalysis } from "../../branch/analyse-trace.ts"
import { openBranchSource } from "../../branch/branch-source.ts"
import { resolveAnyMachine } from "../../run/resolve-machine.ts"
import { readChoice, readCount } from "../../run/run-spec.ts"
import { branchTraceFormats } from "../../workload/branch-trace/trace-format.ts"
import { attempt } from "../edge.ts"
import { grouped, percent } from "../format.ts"
import { progress } from "../progress.ts"
import { readPath } from "../read-path.ts"
import { table } from "../table.ts"
import { dim, headline, type Terminal } from "../terminal.ts"
import { passProgress } from "./branch-run.ts"

export interface AnalyseFlags {
  readonly on: string
  readonly branches: string
  readonly instructions?: string
  readonly show: string
  readonly traceFormat?: string
  readonly set: readonly string[]
  readonly report?: string
  readonly json?: true
  readonly quiet?: true
}

const branchTable = ({ branches }: TraceAnalysis, show: number, width: number): string =>
  table(
    branches.slice(0, show),
    [
      { title: "static branch", cell: ({ address }) => address },
      { title: "executed", cell: ({ executions }) => grouped(executions), align: "right" },
      { title: "missed", cell: ({ baseMisses }) => grouped(baseMisses), align: "right" },
      { title: "terms", cell: ({ nonzero }) => grouped(nonzero), align: "right" },
      { title: "sparse", cell: ({ sparse }) => (sparse ? "yes" : "no") },
      { title: "would save", cell: ({ saved }) => grouped(Math.round(saved)), align: "right" },
      {
        title: "looks at",
        cell: ({ terms }) =>
          terms
            .slice(0, 3)
            .map(({ what }) => what)
            .join(", "),
        flexible: true,
      },
    ],
    width,
  )

/** Sparse branches by number of terms, in doubling classes, and misses saved by how far back, as bars. */
const distributions = ({ byTerms, positions }: TraceAnalysis, width: number): string => {
  const bounds = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
  const classes = (values: readonly (readonly [at: number, weight: number])[]) =>
    bounds.slice(1).flatMap((high, i) => {
      const low = bounds[i] + 1
      const sum = values.reduce((all, [at, weight]) => (at >= low && at <= high ? all + weight : all), 0)
      return sum === 0 ? [] : [{ name: low === high ? `${low}` : `${low}–${high}`, sum }]
    })
  const bars = (title: string, rows: readonly { readonly name: string; readonly sum: number }[]): string => {
    if (rows.length === 0) return ""
    const most = Math.max(...rows.map(({ sum }) => sum))
    const room = Math.max(10, Math.min(40, width - 30))
    const lines = rows.map(
      ({ name, sum }) =>
        `  ${name.padStart(8)}  ${"█".repeat(Math.max(1, Math.round((room * sum) / most)))} ${grouped(Math.round(sum))}`,
    )
    return `${title}\n${lines.join("\n")}\n\n`
  }
  const of = (history: "global" | "local") =>
    classes(
      (positions.find((one) => one.history === history)?.saved ?? []).map(
        ({ ago, misses }) => [ago, misses] as const,
      ),
    )
  return (
    bars(
      "Sparse branches by number of terms",
      classes(byTerms.map(({ terms, branches }) => [terms, branches] as const)),
    ) +
    bars("Misses saved by outcomes of any branch so many ago", of("global")) +
    bars("Misses saved by outcomes of the branch itself so many ago", of("local"))
  )
}

export const runBranchAnalyse = (
  file: string,
  flags: AnalyseFlags,
  terminal: Terminal,
): Effect.Effect<void, SparsimError> =>
  Effect.gen(function* () {
    const shown = progress(terminal, flags.quiet === true)
    const report = yield* attempt(() =>
      flags.report === undefined ? undefined : readPath("--report", flags.report),
    )
    const show = yield* attempt(() => readCount("--show", flags.show, 0))
    const analysis = yield* attempt(async () => {
      const format =
        flags.traceFormat === undefined
          ? {}
          : { format: readChoice("--trace-format", flags.traceFormat, branchTraceFormats) }
      const machine = asBranchMachine(await resolveAnyMachine(flags.on, flags.set.map(parseOverride)))
      const options = {
        branches: readCount("--branches", flags.branches, 1),
        ...(flags.instructions === undefined
          ? {}
          : { instructions: readCount("--instructions", flags.instructions, 1) }),
        progress: passProgress(basename(file), shown.step),
      }
      return analyseTrace(await openBranchSource(file, format), machine, options)
    })
    if (report !== undefined) {
      shown.step("writing the page")
      yield* attempt(async () => writeAtomically(report, [analysisPage(analysis, await clientAssets())]))
    }
    shown.end()
    if (flags.json === true) {
      const output = {
        schema: "sparsim-branch-analyse/1",
        verdict: analysisVerdict(analysis),
        ...analysis,
        written: report === undefined ? [] : [basename(report)],
      }
      terminal.out(`${JSON.stringify(output, null, 2)}\n`)
      return
    }
    terminal.out(`${headline(terminal, analysisVerdict(analysis))}\n\n`)
    if (show > 0) terminal.out(`${branchTable(analysis, show, terminal.width)}\n`)
    terminal.out(distributions(analysis, terminal.width))
    const { mostTerms, mostMissShare } = analysis.criterion
    terminal.out(
      dim(
        terminal,
        `sparse: at most ${mostTerms} terms leave at most ${percent(mostMissShare, 0)} of what guessing one direction misses, on examples no fit saw; "would save" is against ${analysis.machine}; features, fits and criterion are sparsim's own\n`,
      ),
    )
    if (report !== undefined) terminal.out(`wrote ${report}\n`)
  })
