/** `sparsim query TRACE SQL` and `sparsim trace check TRACE`. */
import * as Effect from "effect/Effect"
import type { SparsimError } from "../../../arch/errors.ts"
import { checkTrace } from "../../../sim/trace/check.ts"
import { queryTrace } from "../../../sim/trace/query.ts"
import { loadTrace } from "../../../sim/trace/read.ts"
import { attempt } from "../edge.ts"
import { grouped } from "../format.ts"
import { progress } from "../progress.ts"
import { printable, table } from "../table.ts"
import type { Terminal } from "../terminal.ts"

export interface QueryCommand {
  readonly trace: string
  readonly sql: string
  readonly json: boolean
  readonly quiet: boolean
}

const cellText = (value: unknown): string => {
  if (value === null || value === undefined) return ""
  return typeof value === "string" ? value : JSON.stringify(value)
}

export const runQuery = (command: QueryCommand, terminal: Terminal): Effect.Effect<void, SparsimError> =>
  Effect.gen(function* () {
    const shown = progress(terminal, command.quiet)
    shown.step(`asking ${command.trace}`)
    const result = yield* attempt(() => queryTrace(command.trace, command.sql))
    shown.end()
    if (command.json) {
      terminal.out(`${JSON.stringify({ schema: "sparsim-query/1", ...result }, null, 2)}\n`)
      return
    }
    const numeric = result.types.map((type) => /INT|DOUBLE|DECIMAL|FLOAT/.test(type))
    terminal.out(
      table(
        result.rows,
        result.columns.map((title, i) => ({
          title,
          cell: (row: readonly unknown[]) => cellText(row[i]),
          align: numeric[i] ? ("right" as const) : ("left" as const),
        })),
        terminal.width,
      ),
    )
  })

export interface CheckCommand {
  readonly trace: string
  readonly json: boolean
  readonly quiet: boolean
}

/** Exit code 2 when the trace is not well formed. */
export const runTraceCheck = (
  command: CheckCommand,
  terminal: Terminal,
): Effect.Effect<number, SparsimError> =>
  Effect.gen(function* () {
    const shown = progress(terminal, command.quiet)
    shown.step(`reading ${command.trace}`)
    const trace = yield* attempt(() => loadTrace(command.trace))
    shown.step("checking")
    const problems = checkTrace(trace)
    shown.end()
    if (command.json) {
      const { totals } = trace.manifest
      terminal.out(`${JSON.stringify({ schema: "sparsim-check/1", totals, problems }, null, 2)}\n`)
    } else if (problems.length === 0) {
      const { cycles, spans, counters } = trace.manifest.totals
      terminal.out(
        `well formed: ${grouped(spans)} spans, ${grouped(counters)} counters, ${grouped(cycles)} cycles\n`,
      )
    } else {
      for (const { file, row, column, message } of problems.slice(0, 20)) {
        const place = [file, row === undefined ? undefined : `row ${row}`, column].filter(
          (part) => part !== undefined,
        )
        terminal.err(`${place.join(", ")}: ${printable(message)}\n`)
      }
      terminal.err(`sparsim: ${problems.length} problem${problems.length === 1 ? "" : "s"} in the trace.\n`)
    }
    return problems.length === 0 ? 0 : 2
  })
