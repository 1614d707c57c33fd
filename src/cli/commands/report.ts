/** `sparsim report TRACE...`: pages from traces alone. */
import { basename, dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import type { SparsimError } from "../../../arch/errors.ts"
import { aggregate } from "../../../reports/aggregate.ts"
import { clientAssets } from "../../../reports/client-assets.ts"
import { comparePage } from "../../../reports/pages/compare-page.ts"
import { indexPage } from "../../../reports/pages/index-page.ts"
import { runPage } from "../../../reports/pages/run-page.ts"
import { runVerdict } from "../../../reports/verdict.ts"
import { writeAtomically } from "../../../sim/trace/export/write-atomically.ts"
import { readTrace } from "../../../sim/trace/read.ts"
import { describeSettings } from "../../run/run-input.ts"
import { attempt } from "../edge.ts"
import type { Terminal } from "../terminal.ts"

export interface ReportCommand {
  readonly traces: readonly string[]
  readonly out: string
}

/** One trace gives its page, two a comparison, more a page each and an index that links them. */
export const runReport = (command: ReportCommand, terminal: Terminal): Effect.Effect<void, SparsimError> =>
  Effect.gen(function* () {
    const traces = yield* attempt(() => Promise.all(command.traces.map((folder) => readTrace(folder))))
    const assets = yield* attempt(clientAssets)
    const write = (file: string, html: string): Effect.Effect<void, SparsimError> =>
      attempt(async () => {
        await writeAtomically(file, [html])
        terminal.out(`wrote ${file}\n`)
      })
    const [first, second] = traces
    if (traces.length === 1) {
      yield* write(command.out, yield* attempt(() => runPage({ trace: first }, assets)))
      return
    }
    if (traces.length === 2) {
      yield* write(command.out, yield* attempt(() => comparePage({ a: first, b: second }, assets)))
      return
    }
    const stem = basename(command.out).replace(/\.html?$/i, "")
    const entries = []
    for (const [i, trace] of traces.entries()) {
      const file = `${stem}-${i + 1}.html`
      yield* write(join(dirname(command.out), file), yield* attempt(() => runPage({ trace }, assets)))
      entries.push({
        file,
        title: `${trace.manifest.workload.name}, ${describeSettings(trace.manifest.settings)}`,
        verdict: runVerdict(aggregate(trace)).sentence,
        kind: "run",
      })
    }
    yield* write(
      command.out,
      indexPage({ title: stem, about: `${traces.length} runs`, entries, command: "sparsim report" }, assets),
    )
  })
