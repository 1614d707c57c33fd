/** `sparsim compare A B`: two traces, side by side. */
import * as Effect from "effect/Effect"
import { ConfigError, type SparsimError } from "../../../arch/errors.ts"
import { aggregate } from "../../../reports/aggregate.ts"
import { clientAssets } from "../../../reports/client-assets.ts"
import { type AlignedRow, compare, type Comparison } from "../../../reports/compare.ts"
import { branchCompareVerdict } from "../../../reports/branch/branch-verdict.ts"
import { predictorLabels } from "../../../reports/branch/predictor-labels.ts"
import {
  checkAllBranchTraces,
  checkSameBranchWork,
  isBranchTrace,
} from "../../../reports/branch/same-branch-work.ts"
import { branchComparePage, labelledReports } from "../../../reports/pages/branch-compare-page.ts"
import { comparePage } from "../../../reports/pages/compare-page.ts"
import type { ClientAssets } from "../../../reports/pages/page.ts"
import { compareVerdict } from "../../../reports/verdict.ts"
import { writeAtomically } from "../../../sim/trace/export/write-atomically.ts"
import type { Trace } from "../../../sim/trace/trace.ts"
import { readTrace } from "../../../sim/trace/read.ts"
import { attempt } from "../edge.ts"
import { duration, energy, percent, times } from "../format.ts"
import { progress } from "../progress.ts"
import { table } from "../table.ts"
import { headline, type Terminal } from "../terminal.ts"

export interface CompareCommand {
  readonly a: string
  readonly b: string
  readonly report?: string
  /** B may be slower than A by this share, 0.05 for 5 %. */
  readonly failAbove?: number
  readonly json: boolean
  readonly quiet: boolean
  /** Compare runs of different work all the same. */
  readonly force: boolean
}

/** What two runs must share for a speed-up to mean anything. @throws ConfigError */
const checkSameWork = (a: Trace, b: Trace): void => {
  if (isBranchTrace(a) || isBranchTrace(b)) {
    checkSameBranchWork([a, b])
    return
  }
  const of = ({ manifest: { workload, settings } }: Trace) =>
    ({ workload: workload.id, batch: workload.batch, mode: settings["mode"] ?? "" }) as const
  const [left, right] = [of(a), of(b)]
  for (const field of ["workload", "batch", "mode"] as const) {
    if (left[field] === right[field]) continue
    throw new ConfigError({
      message: `the runs are not of the same work: ${field} is ${left[field]} in one and ${right[field]} in the other`,
      remedy: "Compare runs of one workload, or say --force to compare them all the same.",
    })
  }
}

/** The sentence on B against A. */
const sentenceOf = (a: Trace, b: Trace, comparison: Comparison): string =>
  isBranchTrace(b)
    ? branchCompareVerdict(labelledReports([a, b]))
    : compareVerdict(comparison, aggregate(b)).sentence

/** Predictors are called by their machines; other runs by what their settings say. */
const compared = (a: Trace, b: Trace): Comparison => {
  const [labelA, labelB] = predictorLabels([a.manifest, b.manifest])
  return compare(aggregate(a), aggregate(b), isBranchTrace(b) ? [labelA, labelB] : undefined)
}

const pageOf = (a: Trace, b: Trace, assets: ClientAssets): string =>
  isBranchTrace(b) ? branchComparePage([a, b], assets) : comparePage({ a, b }, assets)

/** "5%" or "0.05" as a share. @throws ConfigError */
export const readShare = (text: string): number => {
  const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim())
  if (match === null) {
    throw new ConfigError({
      message: `--fail-above ${text}: expected a share`,
      remedy: "For example --fail-above 5% or --fail-above 0.05.",
    })
  }
  return Number(match[1]) / (match[2] === "%" ? 100 : 1)
}

const rowJson = ({ pass, layer, stage, a, b, speedup, energyRatio }: AlignedRow) => ({
  pass,
  layer,
  stage,
  cyclesA: a.cycles,
  cyclesB: b.cycles,
  speedup: Number.isFinite(speedup) ? speedup : null,
  energyRatio: energyRatio !== undefined && Number.isFinite(energyRatio) ? energyRatio : null,
})

/** Exit code 1 when B is slower than `failAbove` allows. */
export const runCompare = (
  command: CompareCommand,
  terminal: Terminal,
): Effect.Effect<number, SparsimError> =>
  Effect.gen(function* () {
    const shown = progress(terminal, command.quiet)
    shown.step(`reading ${command.a}`)
    const a = yield* attempt(() => readTrace(command.a))
    shown.step(`reading ${command.b}`)
    const b = yield* attempt(() => readTrace(command.b))
    if (!command.force) yield* attempt(() => checkSameWork(a, b))
    // Pages of predictors and of other machines have nothing in common, whatever is forced.
    if (isBranchTrace(a) || isBranchTrace(b)) yield* attempt(() => checkAllBranchTraces([a, b]))
    const comparison = yield* attempt(() => compared(a, b))
    const verdict = yield* attempt(() => sentenceOf(a, b, comparison))
    if (command.report !== undefined) {
      const { report } = command
      shown.step("writing the page")
      yield* attempt(async () => writeAtomically(report, [pageOf(a, b, await clientAssets())]))
    }
    shown.end()
    const slowdown = comparison.b.seconds / comparison.a.seconds - 1
    const failed = command.failAbove !== undefined && slowdown > command.failAbove
    if (command.json) {
      const result = {
        schema: "sparsim-compare/1",
        verdict,
        speedup: comparison.speedup,
        energyRatio: comparison.energyRatio ?? null,
        operationRatio: comparison.operationRatio ?? null,
        secondsA: comparison.a.seconds,
        secondsB: comparison.b.seconds,
        byStage: comparison.byStage.map(rowJson),
        byLayer: comparison.byLayer.map(rowJson),
        slower: comparison.slower.map(rowJson),
        failed,
      }
      terminal.out(`${JSON.stringify(result, null, 2)}\n`)
      return failed ? 1 : 0
    }
    terminal.out(`${headline(terminal, verdict)}\n\n`)
    terminal.out(
      table(
        comparison.byStage,
        [
          { title: "stage", cell: ({ stage }) => (stage === "" ? "other" : stage) },
          { title: comparison.a.label, cell: (row) => duration(row.a.seconds), align: "right" },
          { title: comparison.b.label, cell: (row) => duration(row.b.seconds), align: "right" },
          { title: "speed-up", cell: (row) => times(row.speedup), align: "right" },
        ],
        terminal.width,
      ),
    )
    if (comparison.a.picojoules !== undefined && comparison.b.picojoules !== undefined) {
      terminal.out(`\nenergy ${energy(comparison.a.picojoules)} against ${energy(comparison.b.picojoules)}\n`)
    }
    for (const row of comparison.slower.slice(0, 5)) {
      terminal.out(`slower: ${row.layer} ${row.stage} ${times(row.speedup)}\n`)
    }
    if (command.report !== undefined) terminal.out(`wrote ${command.report}\n`)
    if (failed && !command.quiet) {
      terminal.err(
        `sparsim: B is ${percent(slowdown)} slower than A, more than ${percent(command.failAbove ?? 0)} allowed.\n`,
      )
    }
    return failed ? 1 : 0
  })
