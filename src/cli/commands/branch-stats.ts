/** `sparsim branch stats TRACE...`. */
import { basename } from "node:path"
import * as Effect from "effect/Effect"
import type { SparsimError } from "../../../arch/errors.ts"
import { TraceCounter, type TraceStatistics } from "../../../sim/branch/measure/trace-statistics.ts"
import { openBranchSource } from "../../branch/branch-source.ts"
import { readChoice, readCount } from "../../run/run-spec.ts"
import { branchTraceFormats } from "../../workload/branch-trace/trace-format.ts"
import { attempt } from "../edge.ts"
import { grouped, percent } from "../format.ts"
import { progress } from "../progress.ts"
import { table } from "../table.ts"
import { bold, type Terminal } from "../terminal.ts"
import { branchProgress } from "./branch-run.ts"

export interface BranchStatsFlags {
  readonly format?: string
  readonly hottest: string
  readonly json?: true
  readonly quiet?: true
}

interface CountedTrace extends TraceStatistics {
  readonly trace: string
  readonly format: string
  /** What MPKI are of: the header's count, else that of the records. */
  readonly instructions: number
  readonly declaredInstructions: number | null
}

const share = (part: number, whole: number): string => (whole === 0 ? "–" : percent(part / whole))

const instructionsLine = ({ declaredInstructions, countedInstructions }: CountedTrace): string => {
  if (declaredInstructions === null) return `${grouped(countedInstructions)} counted, none declared`
  const missing = declaredInstructions - countedInstructions
  return missing === 0
    ? `${grouped(declaredInstructions)} declared, and as many counted`
    : `${grouped(declaredInstructions)} declared, ${grouped(countedInstructions)} counted up to the last branch`
}

const summary = (counted: CountedTrace): string => {
  const { branches, conditional, taken, backward, staticBranches, directions, indirect, workingSet } = counted
  const working = workingSet
    .filter(({ share }) => share < 1)
    .map(({ share, staticBranches: n }) => `${grouped(n)} for ${percent(share, share > 0.99 ? 1 : 0)}`)
  const perBranch = counted.instructions / Math.max(1, branches)
  return [
    `  instructions  ${instructionsLine(counted)}`,
    `  branches      ${grouped(branches)}, one in ${perBranch.toPrecision(3)} instructions`,
    `  conditional   ${grouped(conditional)}, ${share(taken, conditional)} taken, ${share(backward, conditional)} backward`,
    `  static        ${grouped(staticBranches)}; of the conditional ones ${grouped(directions.always)} always taken, ${grouped(directions.never)} never, ${grouped(directions.both)} both`,
    `  working set   ${working.join(", ")} of all executions`,
    `  indirect      ${grouped(indirect.executions)} from ${grouped(indirect.staticBranches)} places to ${grouped(indirect.targets)} targets, at most ${grouped(indirect.mostTargets)} a place; ${grouped(indirect.oneTarget)} places have one`,
    "",
  ].join("\n")
}

const classTable = ({ classes, branches }: CountedTrace, width: number): string =>
  table(
    classes.filter(({ executions }) => executions > 0),
    [
      { title: "class", cell: (row) => row.class },
      { title: "executed", cell: (row) => grouped(row.executions), align: "right" },
      { title: "share", cell: (row) => share(row.executions, branches), align: "right" },
      { title: "taken", cell: (row) => share(row.taken, row.executions), align: "right" },
      { title: "static", cell: (row) => grouped(row.staticBranches), align: "right" },
    ],
    width,
  )

const hottestTable = ({ hottest, branches }: CountedTrace, width: number): string =>
  table(
    hottest,
    [
      { title: "hottest", cell: (row) => row.address },
      { title: "class", cell: (row) => row.class, flexible: true },
      { title: "executed", cell: (row) => grouped(row.executions), align: "right" },
      { title: "share", cell: (row) => share(row.executions, branches), align: "right" },
      { title: "taken", cell: (row) => share(row.taken, row.executions), align: "right" },
      { title: "targets", cell: (row) => grouped(row.targets), align: "right" },
    ],
    width,
  )

export const runBranchStats = (
  files: readonly string[],
  flags: BranchStatsFlags,
  terminal: Terminal,
): Effect.Effect<void, SparsimError> =>
  Effect.gen(function* () {
    const shown = progress(terminal, flags.quiet === true)
    const { hottest, options } = yield* attempt(() => ({
      hottest: readCount("--hottest", flags.hottest, 0),
      options:
        flags.format === undefined
          ? {}
          : { format: readChoice("--format", flags.format, branchTraceFormats) },
    }))
    const counted: CountedTrace[] = []
    for (const file of files) {
      const step = branchProgress(basename(file), shown.step)
      counted.push(
        yield* attempt(async (signal) => {
          const source = await openBranchSource(file, options)
          const counter = new TraceCounter()
          let branches = 0
          for await (const block of source.blocks()) {
            signal.throwIfAborted()
            counter.count(block)
            step((branches += block.length))
          }
          return {
            trace: basename(file),
            format: source.format,
            instructions: source.instructions(),
            declaredInstructions: source.declaredInstructions() ?? null,
            ...counter.finish(hottest),
          }
        }),
      )
    }
    shown.end()
    if (flags.json === true) {
      terminal.out(`${JSON.stringify({ schema: "sparsim-branch-stats/1", traces: counted }, null, 2)}\n`)
      return
    }
    const texts = counted.map((one) =>
      [
        `${bold(terminal, one.trace)} (${one.format})\n${summary(one)}`,
        classTable(one, terminal.width),
        ...(one.hottest.length === 0 ? [] : [hottestTable(one, terminal.width)]),
      ].join("\n"),
    )
    terminal.out(texts.join("\n"))
  })
