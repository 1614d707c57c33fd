/** The page of several branch predictors over the same program: which is best, what it costs, where they differ. */
import type { Trace } from "../../sim/trace/trace.ts"
import {
  joulesText,
  kibibytesText,
  percentText,
  shortNumber,
  timesText,
  wholeNumber,
  withUnit,
} from "../../viz/number-format.ts"
import { bottlenecks } from "../bottleneck.ts"
import { accuracyOf, ipcOf, lostShareOf, mpkiOf } from "../branch/branch-counts.ts"
import { branchReport } from "../branch/branch-report.ts"
import { branchCompareVerdict, byMpki, type LabelledReport } from "../branch/branch-verdict.ts"
import { predictorLabels } from "../branch/predictor-labels.ts"
import { provenance } from "../provenance.ts"
import { sharedTimelineFigure } from "./branch-timeline.ts"
import { countsTrail } from "./branch-trails.ts"
import { type DataTable, dataTable, numberCell } from "./data-table.ts"
import { differingBranchesSection } from "./differing-branches-section.ts"
import { displayLabel, displayName } from "./display-name.ts"
import { figureMarkup } from "./figure.ts"
import { type ClientAssets, renderPage, section, warningsMarkup } from "./page.ts"
import { predictorBars } from "./predictor-bars.ts"
import { provenanceFooter } from "./provenance-footer.ts"
import { storageSection } from "./storage-section.ts"
import { type Tile, tilesMarkup } from "./tiles.ts"
import { TipBook } from "./tip-book.ts"
import { unitsSection } from "./units-section.ts"

/** Runs with the names that a page calls them. */
export const labelledReports = (traces: readonly Trace[]): readonly LabelledReport[] => {
  const labels = predictorLabels(traces.map(({ manifest }) => manifest))
  return traces.map((trace, i) => ({ label: displayLabel(labels[i]), report: branchReport(trace) }))
}

/**
 * HTML of a comparison. `traces` holds two or more predictors' runs over the same program; the first is the base.
 * @throws TraceError when a trace contradicts itself or counts what its energy table does not price.
 */
export const branchComparePage = (traces: readonly Trace[], assets: ClientAssets): string => {
  const runs = labelledReports(traces)
  const tips = new TipBook()
  const trails = new Map(runs.map((run) => [run, tips.add(countsTrail(run.label, run.report.total))]))
  const trailOf = (run: LabelledReport): string => trails.get(run) ?? ""
  const ranked = byMpki(runs)
  const [best] = ranked
  const { workload } = runs[0].report.manifest
  const { total } = runs[0].report
  const warnings = [...new Set(runs.flatMap(({ report }) => report.manifest.warnings))]
  return renderPage(
    {
      title: `${runs.length} branch predictors over ${displayName(workload.name)}`,
      eyebrow: `${displayName(workload.name)}, ${withUnit(total.instructions, "")} instructions · ${runs.length} branch predictors`,
      verdict: branchCompareVerdict(runs),
      tips,
      content: [
        tilesMarkup(tilesOf(runs, best, trailOf)),
        warningsMarkup(warnings),
        section(
          "predictors",
          `From ${shortNumber(mpkiOf(best.report.total))} to ${shortNumber(mpkiOf((ranked.at(-1) ?? best).report.total))} mispredictions per 1,000 instructions`,
          "Best first. Fewer mispredictions make the core faster, but less than in proportion: what it does between them stays.",
          predictorBars(
            { id: "mpki", title: "Mispredictions", caption: "Per 1,000 instructions; less is better." },
            "c3",
            ranked.map((run) => {
              const value = mpkiOf(run.report.total)
              return { label: run.label, value, text: shortNumber(value), tip: trailOf(run) }
            }),
          ),
          predictorBars(
            { id: "ipc", title: "Speed", caption: "Instructions per cycle; more is better." },
            "c1",
            ranked.map((run) => {
              const value = ipcOf(run.report.total)
              return { label: run.label, value, text: shortNumber(value), tip: trailOf(run) }
            }),
          ),
          dataTable(predictorsTable(ranked, trailOf)),
        ),
        storageSection(
          ranked,
          {
            table: predictorsTableId,
            rowOf: (run) => String(ranked.findIndex(({ label }) => label === run.label) + 1),
          },
          tips,
        ),
        section(
          "timeline",
          "Mispredictions over the run",
          "The same program, window by window.",
          figureMarkup(sharedTimelineFigure(runs, tips)),
        ),
        unitsSection(
          ranked.map(({ label, report }) => ({
            label,
            tracks: bottlenecks(report.measured).map((track) => ({ ...track, name: "Core" })),
          })),
          tips,
        ),
        differingBranchesSection(ranked, tips),
      ],
      footer: provenanceFooter(
        runs.map(({ label, report }) => ({ label, provenance: provenance(report.manifest) })),
      ),
    },
    assets,
  )
}

const tilesOf = (
  runs: readonly LabelledReport[],
  best: LabelledReport,
  trailOf: (run: LabelledReport) => string,
): readonly Tile[] => {
  const [first] = runs
  const isFirst = best === first
  const from = (text: string): string => (isFirst ? `${best.label}, the first` : `${first.label}: ${text}`)
  const [a, b] = [first.report.total, best.report.total]
  const tiles: Tile[] = [
    {
      name: "Least MPKI",
      figure: shortNumber(mpkiOf(b)),
      note: from(shortNumber(mpkiOf(a))),
      tip: trailOf(best),
    },
    {
      name: "IPC of it",
      figure: shortNumber(ipcOf(b)),
      note: isFirst
        ? `${percentText(accuracyOf(b))} of conditional branches right`
        : `${first.label}: ${shortNumber(ipcOf(a))}; ${timesText(ipcOf(a) === 0 ? 1 : ipcOf(b) / ipcOf(a))} as fast`,
      tip: trailOf(best),
    },
    {
      name: "Lost to mispredictions",
      figure: percentText(lostShareOf(b)),
      note: isFirst ? "of its time" : `of its time; ${first.label}: ${percentText(lostShareOf(a))}`,
      tip: trailOf(best),
    },
  ]
  const { storageBits } = best.report
  if (storageBits !== undefined) {
    const other = first.report.storageBits
    tiles.push({
      name: "Storage of it",
      figure: kibibytesText(storageBits),
      note:
        isFirst || other === undefined
          ? `${wholeNumber(storageBits)} bits`
          : `${first.label}: ${kibibytesText(other)}`,
      tip: trailOf(best),
    })
  }
  return tiles
}

const predictorsTableId = "predictors-table"

const predictorsTable = (
  ranked: readonly LabelledReport[],
  trailOf: (run: LabelledReport) => string,
): DataTable => ({
  id: predictorsTableId,
  caption: "Predictors",
  columns: [
    { name: "Predictor", numeric: false },
    { name: "Storage, bits", numeric: true },
    { name: "Misses", numeric: true },
    { name: "MPKI", numeric: true },
    { name: "Accuracy", numeric: true },
    { name: "IPC", numeric: true },
    { name: "Time lost", numeric: true },
    { name: "Energy an instruction, pJ", numeric: true },
  ],
  rows: ranked.map((run, i) => {
    const { total, storageBits, energyPerInstruction } = run.report
    return {
      row: String(i + 1),
      tip: trailOf(run),
      cells: [
        { text: displayName(run.label) },
        numberCell(storageBits, wholeNumber),
        numberCell(total.mispredictions, wholeNumber),
        numberCell(mpkiOf(total), shortNumber),
        numberCell(accuracyOf(total), percentText),
        numberCell(ipcOf(total), shortNumber),
        numberCell(lostShareOf(total), percentText),
        numberCell(energyPerInstruction, joulesText),
      ],
    }
  }),
})
