/** `sparsim branch capture -o OUT -- PROGRAM ARGS...`. */
import { basename } from "node:path"
import * as Effect from "effect/Effect"
import type { SparsimError } from "../../../arch/errors.ts"
import { type Capture, captureBranches } from "../../branch/capture/capture-branches.ts"
import { attempt } from "../edge.ts"
import { progress } from "../progress.ts"
import { readPath } from "../read-path.ts"
import type { Terminal } from "../terminal.ts"
import { gapNotes, readStretch, writtenLines } from "./branch-convert.ts"
import { branchProgress } from "./branch-run.ts"

export interface BranchCaptureFlags {
  readonly out: string
  readonly skip: string
  readonly max?: string
  readonly sysroot?: string
  readonly json?: true
  readonly quiet?: true
}

const endNotes = ({ ended: { code, signal }, complete }: Capture): readonly string[] => [
  ...(signal === null ? [] : [`the program was killed by ${signal}`]),
  ...(code === null || code === 0 ? [] : [`the program ended with exit code ${code}`]),
  ...(complete
    ? []
    : [
        "the program was killed, or replaced itself by another one: its last branches are missing, and instructions are those up to the last branch written",
      ]),
]

export const runBranchCapture = (
  [program, ...args]: readonly string[],
  flags: BranchCaptureFlags,
  terminal: Terminal,
): Effect.Effect<void, SparsimError> =>
  Effect.gen(function* () {
    const shown = progress(terminal, flags.quiet === true)
    const request = yield* attempt(() => ({
      program,
      args,
      out: readPath("--out", flags.out),
      stretch: readStretch(flags),
      ...(flags.sysroot === undefined ? {} : { sysroot: readPath("--sysroot", flags.sysroot) }),
      programOutput: flags.json === true ? ("stderr" as const) : ("stdout" as const),
    }))
    const capture = yield* attempt((signal) =>
      captureBranches(request, branchProgress(basename(program), shown.step), signal),
    )
    shown.end()
    const notes = [...endNotes(capture), ...gapNotes(capture)]
    if (flags.json === true) {
      const { guest, instructions, branches, cutGaps, bytes, ended, complete } = capture
      const output = {
        schema: "sparsim-branch-capture/1",
        program: basename(program),
        guest,
        instructions,
        branches,
        cutGaps,
        bytes,
        exitCode: ended.code,
        signal: ended.signal,
        complete,
        warnings: notes,
        written: [basename(request.out)],
      }
      terminal.out(`${JSON.stringify(output, null, 2)}\n`)
      return
    }
    if (flags.quiet !== true) for (const note of notes) terminal.err(`note: ${note}\n`)
    terminal.out(writtenLines(request.out, capture))
  })
