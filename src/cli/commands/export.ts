/** `sparsim export TRACE --to FORMAT`. */
import { mkdirSync } from "node:fs"
import { basename, join } from "node:path"
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
import { loopsOfTrace } from "../../study/trace-loops.ts"
import { attempt } from "../edge.ts"
import { progress } from "../progress.ts"
import type { Terminal } from "../terminal.ts"

export const exportFormats = [
  "perfetto",
  "speedscope",
  "csv",
  "scalesim",
  "action-counts",
  "llvm-mca",
] as const
export type ExportFormat = (typeof exportFormats)[number]

export interface ExportCommand {
  readonly trace: string
  readonly to: ExportFormat
  /** File, or folder for the formats of several files. */
  readonly out: string
  readonly json: boolean
  readonly quiet: boolean
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
    case "llvm-mca":
      return new Map([...loopsOfTrace(trace)].map(([name, text]) => [name, [text]]))
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
    const shown = progress(terminal, command.quiet)
    shown.step(`reading ${command.trace}`)
    const trace = yield* attempt(() => readTrace(command.trace))
    const files = yield* attempt(() => filesOf(trace, command.to))
    const written: string[] = []
    for (const [name, chunks] of files) {
      if (name !== "") yield* attempt(() => makeFolder(command.out))
      const path = name === "" ? command.out : join(command.out, name)
      shown.step(`writing ${path}`)
      yield* attempt(() => writeAtomically(path, chunks))
      written.push(path)
    }
    shown.end()
    if (command.json) {
      const output = {
        schema: "sparsim-export/1",
        format: command.to,
        command: trace.manifest.command,
        written: written.map((path) => basename(path)),
      }
      terminal.out(`${JSON.stringify(output, null, 2)}\n`)
      return
    }
    for (const path of written) terminal.out(`wrote ${path}\n`)
  })
