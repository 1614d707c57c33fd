/** `sparsim branch convert TRACE -o OUT`. */
import { basename } from "node:path"
import * as Effect from "effect/Effect"
import type { SparsimError } from "../../../arch/errors.ts"
import { openBranchSource } from "../../branch/branch-source.ts"
import { convertBranches } from "../../branch/convert-branches.ts"
import { readChoice, readCount } from "../../run/run-spec.ts"
import type { Stretch } from "../../workload/branch-trace/branch-stretch.ts"
import { branchTraceFormats } from "../../workload/branch-trace/trace-format.ts"
import { largestGap } from "../../workload/branch-trace/sbbt-encoder.ts"
import type { WrittenSbbt } from "../../workload/branch-trace/write-sbbt.ts"
import { attempt } from "../edge.ts"
import { bytes, grouped } from "../format.ts"
import { progress } from "../progress.ts"
import { readPath } from "../read-path.ts"
import type { Terminal } from "../terminal.ts"
import { branchProgress } from "./branch-run.ts"

export interface BranchConvertFlags {
  readonly out: string
  readonly format?: string
  readonly skip: string
  readonly max?: string
  readonly json?: true
  readonly quiet?: true
}

/** @throws ConfigError */
export const readStretch = (flags: { readonly skip: string; readonly max?: string }): Stretch => ({
  skip: readCount("--skip", flags.skip, 0),
  ...(flags.max === undefined ? {} : { max: readCount("--max", flags.max) }),
})

/** What the reader of a written trace should know. */
export const gapNotes = ({ cutGaps }: WrittenSbbt): readonly string[] =>
  cutGaps === 0
    ? []
    : [
        `${grouped(cutGaps)} branches come after more than ${grouped(largestGap)} instructions, which is all a record can say; the header counts them all`,
      ]

export const writtenLines = (path: string, { branches, instructions, bytes: size }: WrittenSbbt): string =>
  `${grouped(branches)} branches of ${grouped(instructions)} instructions, ${((8 * size) / Math.max(1, branches)).toPrecision(3)} bits a branch\nwrote ${path} (${bytes(size)})\n`

export const runBranchConvert = (
  file: string,
  flags: BranchConvertFlags,
  terminal: Terminal,
): Effect.Effect<void, SparsimError> =>
  Effect.gen(function* () {
    const shown = progress(terminal, flags.quiet === true)
    const { out, stretch, options } = yield* attempt(() => ({
      out: readPath("--out", flags.out),
      stretch: readStretch(flags),
      options:
        flags.format === undefined
          ? {}
          : { format: readChoice("--format", flags.format, branchTraceFormats) },
    }))
    const source = yield* attempt(() => openBranchSource(file, options))
    const written = yield* attempt((signal) =>
      convertBranches(source, out, stretch, branchProgress(basename(file), shown.step), signal),
    )
    shown.end()
    const notes = [
      ...(source.format === "ucsd"
        ? [
            "the text of UCSD has no targets and no instructions: targets are 0, and each branch counts as one",
          ]
        : []),
      ...gapNotes(written),
    ]
    if (flags.json === true) {
      const { instructions, branches, cutGaps, bytes } = written
      const output = {
        schema: "sparsim-branch-convert/1",
        trace: basename(file),
        format: source.format,
        instructions,
        branches,
        cutGaps,
        bytes,
        warnings: notes,
        written: [basename(out)],
      }
      terminal.out(`${JSON.stringify(output, null, 2)}\n`)
      return
    }
    if (flags.quiet !== true) for (const note of notes) terminal.err(`note: ${note}\n`)
    terminal.out(writtenLines(out, written))
  })
