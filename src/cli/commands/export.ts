/** `sparsim export TRACE --to FORMAT`. */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { OutputError, type SparsimError } from "../../../arch/errors.ts"
import { accelergyActionCounts } from "../../../sim/trace/export/accelergy.ts"
import { countersCsv, spansCsv } from "../../../sim/trace/export/csv.ts"
import { perfettoJson } from "../../../sim/trace/export/perfetto.ts"
import { scaleSimReports } from "../../../sim/trace/export/scalesim.ts"
import { speedscopeJson } from "../../../sim/trace/export/speedscope.ts"
import { writeAtomically } from "../../../sim/trace/export/write-atomically.ts"
import { readTrace } from "../../../sim/trace/read.ts"
import type { Trace } from "../../../sim/trace/trace.ts"
import { attempt } from "../edge.ts"
import type { Terminal } from "../terminal.ts"

export const exportFormats = ["perfetto", "speedscope", "csv", "scalesim", "action-counts"] as const
export type ExportFormat = (typeof exportFormats)[number]

export interface ExportCommand {
  readonly trace: string
  readonly to: ExportFormat
  /** File, or folder for the formats of several files. */
  readonly out: string
}

/** File name and content; formats of one file have the empty name. */
const filesOf = (trace: Trace, to: ExportFormat): ReadonlyMap<string, Iterable<string>> => {
  switch (to) {
    case "perfetto":
      return new Map([["", perfettoJson(trace)]])
    case "speedscope":
      return new Map([["", speedscopeJson(trace)]])
    case "action-counts":
      return new Map([["", accelergyActionCounts(trace)]])
    case "csv":
      return new Map([
        ["spans.csv", spansCsv(trace)],
        ["counters.csv", countersCsv(trace)],
      ])
    case "scalesim":
      return new Map([...scaleSimReports(trace)].map(([name, text]) => [name, [text]]))
  }
}

const makeFolder = (folder: string): void => {
  try {
    mkdirSync(folder, { recursive: true })
  } catch {
    throw new OutputError({
      message: "the folder cannot be made",
      place: { file: folder },
      remedy: "Choose another place with -o.",
    })
  }
}

export const runExport = (command: ExportCommand, terminal: Terminal): Effect.Effect<void, SparsimError> =>
  Effect.gen(function* () {
    const trace = yield* attempt(() => readTrace(command.trace))
    const files = yield* attempt(() => filesOf(trace, command.to))
    for (const [name, chunks] of files) {
      if (name !== "") yield* attempt(() => makeFolder(command.out))
      const path = name === "" ? command.out : join(command.out, name)
      yield* attempt(() => writeAtomically(path, chunks))
      terminal.out(`wrote ${path}\n`)
    }
  })
