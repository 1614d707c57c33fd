/** The page of two runs, A against B: what the change buys, where, and what holds it back. */
import type { Trace } from "../../sim/trace/trace.ts"
import {
  cyclesText,
  joulesText,
  percentText,
  secondsText,
  timesText,
  wholeNumber,
} from "../../viz/number-format.ts"
import { type Aggregate, aggregate } from "../aggregate.ts"
import { bottlenecks } from "../bottleneck.ts"
import {
  type AlignedRow,
  compare,
  type Comparison,
  type Measured,
  type OneSidedRow,
  type Side,
} from "../compare.ts"
import { energyReport } from "../energy.ts"
import { provenance } from "../provenance.ts"
import { roofline } from "../roofline.ts"
import { pairLabels } from "../run-label.ts"
import { stageShares } from "../stage-shares.ts"
import { compareVerdict } from "../verdict.ts"
import { energySplits } from "../energy-splits.ts"
import { type Ablations, ablationSection } from "./ablation-section.ts"
import { type Band, bandText } from "./band.ts"
import { type DataTable, dataTable, numberCell } from "./data-table.ts"
import { displayLabel, displayName, displayPath } from "./display-name.ts"
import { energySection } from "./energy-section.ts"
import { figureMarkup } from "./figure.ts"
import { type ClientAssets, renderPage, section, warningsMarkup } from "./page.ts"
import { provenanceFooter } from "./provenance-footer.ts"
import { compareRooflineFigure, memoryBoundShare, memoryLevels } from "./roofline-figure.ts"
import { speedupSection } from "./speedup-section.ts"
import { type Tile, tilesMarkup } from "./tiles.ts"
import { timeSection } from "./time-section.ts"
import { TipBook } from "./tip-book.ts"
import { alignedTrail } from "./trails.ts"
import { unitsSection } from "./units-section.ts"
import { networkSliders } from "./what-if-section.ts"

export interface ComparePageInput {
  /** The base, e.g. the dense run. */
  readonly a: Trace
  readonly b: Trace
  /** What to call the runs; by default what their settings say. */
  readonly labels?: readonly [string, string]
  /** Bands of the headline ratios. */
  readonly bands?: { readonly speedup?: Band; readonly energyRatio?: Band }
  /** What the features of the machine buy in run B, where that was asked for. */
  readonly ablations?: Ablations
}

/**
 * HTML of a comparison.
 * @throws TraceError when a trace contradicts itself or counts what its energy table does not price.
 */
export const comparePage = (input: ComparePageInput, assets: ClientAssets): string => {
  const a = aggregate(input.a)
  const b = aggregate(input.b)
  const labels = (input.labels ?? pairLabels(a.manifest, b.manifest)).map(displayLabel)
  const comparison = compare(a, b, [labels[0], labels[1]])
  const verdict = compareVerdict(comparison, b)
  const tips = new TipBook()
  const { machine, workload } = b.manifest
  const whatIf = networkSliders(b.manifest, comparison.b.label)
  const warnings = [...new Set([...a.manifest.warnings, ...b.manifest.warnings])]
  return renderPage(
    {
      title: `${labels[1]} against ${labels[0]} · ${workload.name} on ${machine.name}`,
      eyebrow: `${displayName(workload.name)}, batch ${workload.batch} · ${displayName(machine.name)}`,
      verdict: verdict.sentence,
      tips,
      ...(whatIf === undefined ? {} : { whatIf }),
      content: [
        tilesMarkup(tilesOf(comparison, input, tips)),
        warningsMarkup(warnings),
        timeSection(
          [
            { label: comparison.a.label, cycles: a.cycles, stages: stageShares(a) },
            { label: comparison.b.label, cycles: b.cycles, stages: verdict.stages },
          ],
          tips,
        ),
        speedupSection(comparison, tips),
        rooflineSection(a, b, comparison, tips),
        unitsSection(
          [
            { label: comparison.a.label, tracks: bottlenecks(a) },
            { label: comparison.b.label, tracks: bottlenecks(b) },
          ],
          tips,
        ),
        energyOfBoth(a, b, comparison, tips),
        lossesSection(comparison),
        ablationSection(input.ablations, tips),
        whatIf?.markup ?? "",
        section(
          "rows",
          "Every layer and stage",
          "Headers sort; a row's tooltip says how its numbers came about.",
          dataTable(rowsTable(comparison, tips)),
        ),
      ],
      footer: provenanceFooter([
        { label: comparison.a.label, provenance: provenance(a.manifest) },
        { label: comparison.b.label, provenance: provenance(b.manifest) },
      ]),
    },
    assets,
  )
}

const tilesOf = (comparison: Comparison, input: ComparePageInput, tips: TipBook): readonly Tile[] => {
  const { a, b } = comparison
  const whole: AlignedRow = {
    pass: "",
    layer: "",
    stage: "",
    a,
    b,
    speedup: comparison.speedup,
    energyRatio: comparison.energyRatio,
  }
  const trail = tips.add(alignedTrail(whole, a, b))
  const operations = comparison.operationRatio
  const tiles: Tile[] = [
    {
      name: "Speed-up",
      figure: timesText(comparison.speedup),
      note:
        bandText(input.bands?.speedup, timesText) ||
        (operations === undefined
          ? "of the whole run"
          : `operations alone would give ${timesText(operations)}`),
      tip: trail,
    },
    {
      name: "Time",
      figure: secondsText(b.seconds),
      note: `from ${secondsText(a.seconds)}; ${cyclesText(b.cycles)}`,
      tip: trail,
    },
  ]
  if (comparison.energyRatio !== undefined && a.picojoules !== undefined && b.picojoules !== undefined) {
    tiles.push({
      name: "Energy",
      figure: joulesText(b.picojoules),
      note: `from ${joulesText(a.picojoules)}, ${bandText(input.bands?.energyRatio, timesText) || `${timesText(comparison.energyRatio)} less`}`,
      tip: trail,
    })
  }
  if (a.utilisation !== undefined && b.utilisation !== undefined) {
    const { roof } = b.utilisation
    tiles.push({
      name: "Utilisation",
      figure: percentText(b.utilisation.useful),
      note: `useful, from ${percentText(a.utilisation.useful)}; ${percentText(b.utilisation.issued)} with padding`,
      tip: tips.add({
        title: `Utilisation · ${displayName(b.label)}`,
        lines: [
          ["Useful MACs", wholeNumber(b.macs.useful)],
          ["Formula", "useful MACs ÷ (peak × cycles)"],
          ["Peak", `${wholeNumber(roof.perCycle)} MAC/cycle (${roof.status})`],
          ["Cycles", wholeNumber(b.cycles)],
        ],
        sources: [`${roof.name}: ${roof.source} (${roof.status})`],
      }),
    })
  }
  return tiles
}

const rooflineSection = (a: Aggregate, b: Aggregate, comparison: Comparison, tips: TipBook): string => {
  const level = memoryLevels(b.manifest.machine.roofs)[0]
  if (level === undefined) return ""
  const before = roofline(a)
  const after = roofline(b)
  return section(
    "roofline",
    `Memory binds ${percentText(memoryBoundShare(after))} of the ${displayName(comparison.b.label)} time`,
    `What the machine could attain at each operational intensity, and what each stage attains in both runs. Of the ${displayName(comparison.a.label)} time memory binds ${percentText(memoryBoundShare(before))}.`,
    figureMarkup(
      compareRooflineFigure(
        { label: comparison.a.label, roofline: before },
        { label: comparison.b.label, roofline: after },
        level,
        tips,
      ),
    ),
  )
}

const energyOfBoth = (a: Aggregate, b: Aggregate, comparison: Comparison, tips: TipBook): string => {
  const energyA = energyReport(a)
  const energyB = energyReport(b)
  if (energyA === undefined || energyB === undefined) return ""
  return energySection(
    [
      {
        label: comparison.a.label,
        seconds: comparison.a.seconds,
        energy: energyA,
        splits: energySplits(a, energyA),
        usefulMacs: comparison.a.macs.useful,
      },
      {
        label: comparison.b.label,
        seconds: comparison.b.seconds,
        energy: energyB,
        splits: energySplits(b, energyB),
        usefulMacs: comparison.b.macs.useful,
      },
    ],
    tips,
  )
}

/** What the change costs: work that got slower and work that only one run has. */
const lossesSection = (comparison: Comparison): string => {
  const { slower, onlyInA, onlyInB, a, b } = comparison
  if (slower.length + onlyInA.length + onlyInB.length === 0) return ""
  const lost = slower.reduce((sum, row) => sum + row.b.seconds - row.a.seconds, 0)
  const added = onlyInB.reduce((sum, row) => sum + row.measured.seconds, 0)
  const oneSided = (rows: readonly OneSidedRow[], side: Side, sign: 1 | -1): DataTable["rows"] =>
    rows.map((row) => ({
      cells: [
        { text: displayPath(row.layer, row.stage) || displayPath(row.pass) },
        { text: `only in ${displayName(side.label)}` },
        numberCell(sign * row.measured.seconds, secondsText),
        numberCell(row.measured.seconds / side.seconds, percentText),
      ],
    }))
  return section(
    "losses",
    `What ${displayName(b.label)} pays: ${percentText((lost + added) / b.seconds)} of its time`,
    "Work that takes longer than before, and work that only one of the runs has.",
    dataTable({
      id: "losses-table",
      caption: "Slower, added and dropped work",
      columns: [
        { name: "Work", numeric: false },
        { name: "What", numeric: false },
        { name: "Time added", numeric: true },
        { name: "Share of its run", numeric: true },
      ],
      rows: [
        ...slower.map((row) => ({
          cells: [
            { text: displayPath(row.layer, row.stage) || displayPath(row.pass) },
            { text: `slower, ${timesText(row.speedup)}` },
            numberCell(row.b.seconds - row.a.seconds, secondsText),
            numberCell(row.b.seconds / b.seconds, percentText),
          ],
        })),
        ...oneSided(onlyInB, b, 1),
        ...oneSided(onlyInA, a, -1),
      ],
    }),
  )
}

const rowsTable = (comparison: Comparison, tips: TipBook): DataTable => {
  const { a, b } = comparison
  const priced = a.picojoules !== undefined && b.picojoules !== undefined
  const operationsKept = (row: AlignedRow): number | undefined =>
    row.a.macs["non-zero"] === 0 ? undefined : row.b.macs["non-zero"] / row.a.macs["non-zero"]
  const cyclesOf = (measured: Measured) => numberCell(measured.cycles, wholeNumber)
  return {
    id: "rows-table",
    caption: "Layers and stages in both runs",
    columns: [
      { name: "Layer", numeric: false },
      { name: "Stage", numeric: false },
      { name: `${displayName(a.label)}, cycles`, numeric: true },
      { name: `${displayName(b.label)}, cycles`, numeric: true },
      { name: "Speed-up", numeric: true },
      { name: "Operations kept", numeric: true },
      { name: `Share of ${displayName(b.label)}`, numeric: true },
      ...(priced ? [{ name: "Energy ratio", numeric: true }] : []),
    ],
    rows: comparison.rows.map((row) => ({
      tip: tips.add(alignedTrail(row, a, b)),
      cells: [
        { text: displayPath(row.layer) || displayPath(row.pass) || "whole run" },
        { text: row.stage === "" ? "other" : displayName(row.stage) },
        cyclesOf(row.a),
        cyclesOf(row.b),
        numberCell(row.speedup, timesText),
        numberCell(operationsKept(row), percentText),
        numberCell(row.b.seconds / b.seconds, percentText),
        ...(priced ? [numberCell(row.energyRatio, timesText)] : []),
      ],
    })),
  }
}
