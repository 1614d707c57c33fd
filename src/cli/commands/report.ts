/** `sparsim report TRACE...`: pages from traces alone. */
import { basename, dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import type { SparsimError } from "../../../arch/errors.ts"
import { aggregate } from "../../../reports/aggregate.ts"
import { clientAssets } from "../../../reports/client-assets.ts"
import { compare } from "../../../reports/compare.ts"
import { overview } from "../../../reports/overview.ts"
import { branchCompareVerdict, branchVerdict } from "../../../reports/branch/branch-verdict.ts"
import { branchReport } from "../../../reports/branch/branch-report.ts"
import { checkSameBranchWork, isBranchTrace } from "../../../reports/branch/same-branch-work.ts"
import { branchComparePage, labelledReports } from "../../../reports/pages/branch-compare-page.ts"
import { branchPage } from "../../../reports/pages/branch-page.ts"
import { comparePage } from "../../../reports/pages/compare-page.ts"
import type { IndexEntry } from "../../../reports/pages/index-page.ts"
import { overviewPage, overviewVerdict } from "../../../reports/pages/overview-page.ts"
import { runPage } from "../../../reports/pages/run-page.ts"
import { compareVerdict, runVerdict } from "../../../reports/verdict.ts"
import { writeAtomically } from "../../../sim/trace/export/write-atomically.ts"
import { readTrace } from "../../../sim/trace/read.ts"
import { describeSettings } from "../../run/run-input.ts"
import { attempt } from "../edge.ts"
import { progress } from "../progress.ts"
import type { Terminal } from "../terminal.ts"

export interface ReportCommand {
  readonly traces: readonly string[]
  readonly out: string
  readonly json: boolean
  readonly quiet: boolean
}

/** A page that was written. */
interface WrittenPage {
  readonly path: string
  readonly kind: "run" | "comparison" | "overview"
  readonly verdict: string
}

/**
 * One trace gives its page, two a comparison, more a page each and an overview of all; traces of branch predictors
 * go on one page however many they are.
 */
export const runReport = (command: ReportCommand, terminal: Terminal): Effect.Effect<void, SparsimError> =>
  Effect.gen(function* () {
    const shown = progress(terminal, command.quiet)
    shown.step("reading traces")
    const traces = yield* attempt(() => Promise.all(command.traces.map((folder) => readTrace(folder))))
    const assets = yield* attempt(clientAssets)
    const pages: WrittenPage[] = []
    const write = (page: WrittenPage, html: () => string): Effect.Effect<void, SparsimError> =>
      attempt(async () => {
        shown.step(`writing ${page.path}`)
        await writeAtomically(page.path, [html()])
        pages.push(page)
      })
    const [first, second] = traces
    if (traces.some(isBranchTrace)) {
      yield* attempt(() => checkSameBranchWork(traces))
      if (traces.length === 1) {
        const verdict = yield* attempt(() => branchVerdict(branchReport(first)))
        yield* write({ path: command.out, kind: "run", verdict }, () => branchPage(first, assets))
      } else {
        const verdict = yield* attempt(() => branchCompareVerdict(labelledReports(traces)))
        yield* write({ path: command.out, kind: "comparison", verdict }, () =>
          branchComparePage(traces, assets),
        )
      }
    } else if (traces.length === 1) {
      const verdict = yield* attempt(() => runVerdict(aggregate(first)).sentence)
      yield* write({ path: command.out, kind: "run", verdict }, () => runPage({ trace: first }, assets))
    } else if (traces.length === 2) {
      const verdict = yield* attempt(() => {
        const run = aggregate(second)
        return compareVerdict(compare(aggregate(first), run), run).sentence
      })
      yield* write({ path: command.out, kind: "comparison", verdict }, () =>
        comparePage({ a: first, b: second }, assets),
      )
    } else {
      const stem = basename(command.out).replace(/\.html?$/i, "")
      const entries: IndexEntry[] = []
      for (const [i, trace] of traces.entries()) {
        const file = `${stem}-${i + 1}.html`
        const verdict = yield* attempt(() => runVerdict(aggregate(trace)).sentence)
        const page = { path: join(dirname(command.out), file), kind: "run", verdict } as const
        yield* write(page, () => runPage({ trace }, assets))
        const { workload, settings } = trace.manifest
        entries.push({ file, title: `${workload.name}, ${describeSettings(settings)}`, verdict, kind: "run" })
      }
      const verdict = yield* attempt(() => overviewVerdict(overview(traces)))
      yield* write({ path: command.out, kind: "overview", verdict }, () =>
        overviewPage(traces, entries, assets),
      )
    }
    shown.end()
    if (command.json) {
      const output = {
        schema: "sparsim-report/1",
        pages: pages.map(({ path, kind, verdict }) => ({ file: basename(path), kind, verdict })),
      }
      terminal.out(`${JSON.stringify(output, null, 2)}\n`)
      return
    }
    for (const { path } of pages) terminal.out(`wrote ${path}\n`)
  })
