/** The page of one branch predictor: what it mispredicts, where, and what that costs the core. */
import type { Trace } from "../../sim/trace/trace.ts"
import {
  cyclesText,
  joulesText,
  kibibytesText,
  percentText,
  shortNumber,
  timesText,
  wholeNumber,
  withUnit,
} from "../../viz/number-format.ts"
import { aggregate } from "../aggregate.ts"
import { bottlenecks } from "../bottleneck.ts"
import {
  accuracyOf,
  instructionsOfMpki,
  ipcOf,
  lostShareOf,
  mpkiOf,
  penaltyOf,
  perfectSpeedupOf,
} from "../branch/branch-counts.ts"
import { type BranchReport, branchReport } from "../branch/branch-report.ts"
import { branchVerdict } from "../branch/branch-verdict.ts"
import { provenance } from "../provenance.ts"
import { timelineClaim, timelineFigure } from "./branch-timeline.ts"
import { countsTrail } from "./branch-trails.ts"
import { displayLabel, displayName } from "./display-name.ts"
import { energyByTables } from "../energy-tables.ts"
import { energySection } from "./energy-section.ts"
import { energyTablesSection } from "./energy-tables-section.ts"
import { figureMarkup } from "./figure.ts"
import { hardBranchesSection } from "./hard-branches-section.ts"
import { instructionRooflineSection } from "./instruction-roofline-figure.ts"
import { type ClientAssets, renderPage, section, warningsMarkup } from "./page.ts"
import { provenanceFooter } from "./provenance-footer.ts"
import { type Tile, tilesMarkup } from "./tiles.ts"
import { sparseModelsSection } from "./sparse-models-section.ts"
import { timelineSection } from "./timeline-section.ts"
import { TipBook } from "./tip-book.ts"
import { unitsSection } from "./units-section.ts"
import { branchSliders } from "./what-if-section.ts"

/**
 * HTML of one predictor's run over a branch trace.
 * @throws TraceError when the trace contradicts itself or counts what its energy table does not price.
 */
export const branchPage = (trace: Trace, assets: ClientAssets): string => {
  const report = branchReport(trace)
  const { manifest, measured, total, energy } = report
  const tips = new TipBook()
  const label = displayLabel(manifest.machine.name)
  const tracks = bottlenecks(measured).map((track) => ({ ...track, name: "Core" }))
  const whatIf = branchSliders(report, label)
  return renderPage(
    {
      title: `${label} over ${displayName(manifest.workload.name)}`,
      eyebrow: `${displayName(manifest.workload.name)}, ${withUnit(total.instructions, "")}${report.warmUp.instructions > 0 ? ` of ${withUnit(total.instructions + report.warmUp.instructions, "")}` : ""} instructions · ${label}`,
      verdict: branchVerdict(report, label),
      tips,
      ...(whatIf === undefined ? {} : { whatIf }),
      content: [
        tilesMarkup(tilesOf(report, tips)),
        warningsMarkup(manifest.warnings),
        unitsSection([{ label: "", tracks }], tips),
        section(
          "timeline",
          timelineClaim(report),
          "The mean hides phases: a predictor that learns slowly starts high, and one that runs out of room rises where the program's working set grows.",
          figureMarkup(timelineFigure(report, tips)),
        ),
        timelineSection(trace, aggregate(trace), {
          claim: "Where in the run the core waits for its predictor",
          layers: "Windows",
          layer: "window",
          twin: "The same windows are in the table of mispredictions over the run.",
        }),
        instructionRooflineSection(report, tips),
        whatIf?.markup ?? "",
        sparseModelsSection(report, tips),
        hardBranchesSection(report, tips),
        energySection(
          energy === undefined || energy.total === 0
            ? []
            : [{ label: "", seconds: measured.cycles / manifest.clockHertz, energy }],
          tips,
        ),
        energyTablesSection(energyByTables(measured), tips),
      ],
      footer: provenanceFooter([{ label: "", provenance: provenance(manifest) }]),
    },
    assets,
  )
}

const tilesOf = (report: BranchReport, tips: TipBook): readonly Tile[] => {
  const { total, manifest, storageBits, energy, energyPerInstruction, roofline } = report
  const trail = tips.add(countsTrail(displayLabel(manifest.machine.name), total))
  const width = roofline === undefined ? "" : ` of ${shortNumber(roofline.width)} at most`
  const tiles: Tile[] = [
    {
      name: "MPKI",
      figure: shortNumber(mpkiOf(total)),
      note: `${wholeNumber(total.mispredictions)} mispredictions of ${withUnit(instructionsOfMpki(total), "")} instructions`,
      tip: trail,
    },
    {
      name: "Accuracy",
      figure: percentText(accuracyOf(total)),
      note: `of ${withUnit(total.conditional, "")} conditional branches`,
      tip: trail,
    },
    {
      name: "IPC",
      figure: shortNumber(ipcOf(total)),
      note: `instructions per cycle${width}`,
      tip: trail,
    },
    {
      name: "Lost to mispredictions",
      figure: percentText(lostShareOf(total)),
      note: `of the time, ${cyclesText(total.lostCycles)}`,
      tip: trail,
    },
    {
      name: "Penalty",
      figure: shortNumber(penaltyOf(total)),
      note: "cycles a misprediction, on average",
      tip: trail,
    },
    {
      name: "Without mispredictions",
      figure: timesText(perfectSpeedupOf(total)),
      note: "as fast, all else the same",
      tip: trail,
    },
  ]
  if (storageBits !== undefined) {
    tiles.push({
      name: "Storage",
      figure: kibibytesText(storageBits),
      note: `${wholeNumber(storageBits)} bits in tables and registers`,
      tip: tips.add({
        title: "Storage",
        lines: [
          [
            "Formula",
            `${wholeNumber(storageBits)} bits ÷ 8,192 bits per KiB = ${shortNumber(storageBits / 8192)} KiB`,
          ],
        ],
        sources: [],
      }),
    })
  }
  if (energy !== undefined && energyPerInstruction !== undefined) {
    tiles.push({
      name: "Energy",
      figure: joulesText(energy.total),
      note: `${joulesText(energyPerInstruction)} an instruction, of the predictor alone`,
      tip: tips.add({
        title: "Energy",
        lines: [
          ["Dynamic", `Σ bytes × price = ${joulesText(energy.dynamic)}`],
          [
            "Static",
            `${shortNumber(energy.staticWatts)} W × ${cyclesText(total.cycles)} = ${joulesText(energy.static)}`,
          ],
          [
            "An instruction",
            `${joulesText(energy.total)} ÷ ${wholeNumber(total.instructions)} = ${joulesText(energyPerInstruction)}`,
          ],
        ],
        sources: [`energy table ${energy.tableName}, scope ${energy.scope}`],
      }),
    })
  }
  return tiles
}
