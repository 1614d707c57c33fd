/** The page of one run: what it does with the machine, and what holds it back. */
import type { Roof } from "../../sim/trace/manifest.ts"
import type { Trace } from "../../sim/trace/trace.ts"
import {
  cyclesText,
  joulesText,
  percentText,
  secondsText,
  shortNumber,
  timesText,
  wholeNumber,
  withUnit,
} from "../../viz/number-format.ts"
import { type Aggregate, aggregate, totalOf } from "../aggregate.ts"
import { arrayOccupancy } from "../array-occupancy.ts"
import { bottlenecks } from "../bottleneck.ts"
import { energyReport } from "../energy.ts"
import { kernelLaunches } from "../kernel-launches.ts"
import { coreOperators } from "../core-operators.ts"
import { layerTable } from "../layer-table.ts"
import { provenance } from "../provenance.ts"
import { type EnergyRoofline, energyRoofline } from "../energy-roofline.ts"
import { type Roofline, roofline } from "../roofline.ts"
import { runLabel } from "../run-label.ts"
import { utilisationOf } from "../utilisation.ts"
import { runVerdict } from "../verdict.ts"
import { energySplits } from "../energy-splits.ts"
import { type Ablations, ablationSection } from "./ablation-section.ts"
import { type Band, bandText } from "./band.ts"
import { type DataTable, dataTable, numberCell } from "./data-table.ts"
import { displayLabel, displayName, displayPath } from "./display-name.ts"
import { energyByTables } from "../energy-tables.ts"
import { energyRooflineFigure } from "./energy-roofline-figure.ts"
import { energySection } from "./energy-section.ts"
import { energyTablesSection } from "./energy-tables-section.ts"
import { switchedFigure } from "./figure.ts"
import { launchesSection } from "./launches-section.ts"
import { operatorsSection } from "./operators-section.ts"
import { occupancySection } from "./occupancy-section.ts"
import { type ClientAssets, renderPage, section, warningsMarkup } from "./page.ts"
import { provenanceFooter } from "./provenance-footer.ts"
import {
  bindingMemories,
  conventionOf,
  drawableLevels,
  hierarchyFigure,
  memoryBoundShare,
  runRooflineFigure,
  runRooflineTable,
} from "./roofline-figure.ts"
import { type Tile, tilesMarkup } from "./tiles.ts"
import { timeSection } from "./time-section.ts"
import { longestStageClaim, timelineSection } from "./timeline-section.ts"
import { throughput } from "../throughput.ts"
import { TipBook } from "./tip-book.ts"
import { pointTrail } from "./trails.ts"
import { unitsSection } from "./units-section.ts"
import { networkSliders } from "./what-if-section.ts"

export interface RunPageInput {
  readonly trace: Trace
  /** Bands of headline numbers, in seconds and picojoules. */
  readonly bands?: { readonly seconds?: Band; readonly picojoules?: Band }
  /** What the features of the machine buy in this run, where that was asked for. */
  readonly ablations?: Ablations
}

/**
 * HTML of one run.
 * @throws TraceError when the trace contradicts itself or counts what its energy table does not price.
 */
export const runPage = (input: RunPageInput, assets: ClientAssets): string => {
  const run = aggregate(input.trace)
  const { manifest } = run
  const tips = new TipBook()
  const label = displayLabel(runLabel(manifest))
  const verdict = runVerdict(run, label)
  const roofs = roofline(run)
  const energy = energyReport(run)
  const levels = drawableLevels(roofs)
  const energyRoof =
    levels.length === 0 ? undefined : energyRoofline(run, levels[0], conventionOf(roofs.roofs))
  const whatIf = networkSliders(manifest, label)
  return renderPage(
    {
      title: `${label} · ${manifest.workload.name} on ${manifest.machine.name}`,
      eyebrow: `${displayName(manifest.workload.name)}, batch ${manifest.workload.batch} · ${label} · ${displayName(manifest.machine.name)}`,
      verdict: verdict.sentence,
      tips,
      ...(whatIf === undefined ? {} : { whatIf }),
      content: [
        tilesMarkup(tilesOf(input, run, tips)),
        warningsMarkup(manifest.warnings),
        timeSection([{ label, cycles: run.cycles, stages: verdict.stages }], tips),
        levels.length === 0
          ? ""
          : section(
              "roofline",
              memoryClaim(roofs),
              "What the machine could attain at each operational intensity, and what each layer attains.",
              rooflineViews(roofs, levels, energyRoof, tips),
              `<details><summary>Numbers of these charts</summary>${dataTable(runRooflineTable(roofs, levels, energyRoof))}</details>`,
            ),
        unitsSection([{ label: "", tracks: bottlenecks(run) }], tips),
        occupancySection(arrayOccupancy(input.trace, run), tips),
        operatorsSection(coreOperators(input.trace, run), run.cycles, tips),
        launchesSection(kernelLaunches(input.trace, run), run.cycles, tips),
        timelineSection(input.trace, run, {
          claim: longestStageClaim(run),
          layers: "Layers",
          layer: "layer",
          twin: "Start and cycles of every stage are in the table of layers below.",
        }),
        energySection(
          energy === undefined
            ? []
            : [
                {
                  label: "",
                  seconds: run.cycles / manifest.clockHertz,
                  energy,
                  splits: energySplits(run, energy),
                  usefulMacs: roofs.total.macs.useful,
                },
              ],
          tips,
        ),
        energyTablesSection(energyByTables(run), tips),
        ablationSection(input.ablations, tips),
        whatIf?.markup ?? "",
        section(
          "layers",
          "Every layer and stage",
          "Headers sort; a row's tooltip says how its numbers came about.",
          dataTable(layersTable(run, tips)),
        ),
      ],
      footer: provenanceFooter([{ label: "", provenance: provenance(manifest) }]),
    },
    assets,
  )
}

const memoryClaim = (roofs: Roofline): string => {
  const [first, ...others] = bindingMemories(roofs)
  if (first === undefined || others.length === 0)
    return `${percentText(memoryBoundShare(roofs))} of the time is bound by memory`
  const rest = others.map(([name, share]) => `${displayName(name)} for ${percentText(share)}`)
  return `${displayName(first[0])} is the nearest roof for ${percentText(first[1])} of the time, ${rest.join(", ")}`
}

/** The roofline at each level, at all of them, and in operations per joule. */
const rooflineViews = (
  roofs: Roofline,
  levels: readonly Roof[],
  energyRoof: EnergyRoofline | undefined,
  tips: TipBook,
): string =>
  switchedFigure(
    [
      ...levels.map((level) => ({
        name: displayName(level.name),
        figure: runRooflineFigure(roofs, level, tips),
      })),
      ...(levels.filter(({ kind }) => kind === "memory").length > 1
        ? [{ name: "Every level", figure: hierarchyFigure(roofs, levels, tips) }]
        : []),
      ...(energyRoof === undefined
        ? []
        : [{ name: "Energy", figure: energyRooflineFigure(energyRoof, tips) }]),
    ],
    "View of the roofline",
  )

/** Of a machine that names a limit of its power, beside it. */
const meanPower = (run: Aggregate): readonly (readonly [string, string])[] => {
  const energy = throughput(run)?.energy
  return energy?.limitWatts === undefined
    ? []
    : [["Mean power", `${shortNumber(energy.watts)} W; the limit is ${shortNumber(energy.limitWatts)} W`]]
}

const tilesOf = (input: RunPageInput, run: Aggregate, tips: TipBook): readonly Tile[] => {
  const { manifest } = run
  const seconds = run.cycles / manifest.clockHertz
  const total = totalOf(run)
  const used = utilisationOf(run, total)
  const energy = energyReport(run)
  const { total: point } = roofline(run)
  const trail = tips.add(pointTrail(point, manifest.clockHertz))
  const tiles: Tile[] = [
    {
      name: "Time",
      figure: secondsText(seconds),
      note:
        bandText(input.bands?.seconds, secondsText) ||
        `${cyclesText(run.cycles)} at ${withUnit(manifest.clockHertz, "Hz")}`,
      tip: trail,
    },
  ]
  if (used !== undefined) {
    tiles.push({
      name: "Utilisation",
      figure: percentText(used.useful),
      note: `of ${shortNumber(used.roof.perCycle)} MAC/cycle useful; ${percentText(used.issued)} with padding`,
      tip: tips.add({
        title: "Utilisation",
        lines: [
          ["Useful MACs", wholeNumber(point.macs.useful)],
          ["Formula", "useful MACs ÷ (peak × cycles)"],
          ["Peak", `${shortNumber(used.roof.perCycle)} MAC/cycle (${used.roof.status})`],
          ["Cycles", wholeNumber(run.cycles)],
        ],
        sources: [`${used.roof.name}: ${used.roof.source} (${used.roof.status})`],
      }),
    })
  }
  if (energy !== undefined) {
    tiles.push({
      name: "Energy",
      figure: joulesText(energy.total),
      note:
        bandText(input.bands?.picojoules, joulesText) ||
        `${percentText(energy.total === 0 ? 0 : energy.static / energy.total)} static, ${percentText(energy.uncertainShare)} on assumed prices`,
      tip: tips.add({
        title: "Energy",
        lines: [
          ["Dynamic", `Σ count × price = ${joulesText(energy.dynamic)}`],
          [
            "Static",
            `${shortNumber(energy.staticWatts)} W × ${secondsText(seconds)} = ${joulesText(energy.static)}`,
          ],
          ["Total", joulesText(energy.total)],
          ...meanPower(run),
        ],
        sources: [`energy table ${energy.tableName}, scope ${energy.scope}`],
      }),
    })
  }
  tiles.push({
    name: "Throughput",
    figure: withUnit(point.attained["dense-equivalent"].flopPerSecond, "FLOP/s"),
    note: `dense-equivalent; ${withUnit(point.attained.issued.flopPerSecond, "FLOP/s")} issued, ${Number.isFinite(point.slack) ? timesText(point.slack) : "no roof"} the least time`,
    tip: trail,
  })
  return tiles
}

const layersTable = (run: Aggregate, tips: TipBook): DataTable => {
  const rows = layerTable(run)
  const priced = rows.some(({ energy }) => energy !== undefined)
  return {
    id: "layers-table",
    caption: "Layers and stages",
    columns: [
      { name: "Layer", numeric: false },
      { name: "Stage", numeric: false },
      { name: "Start", numeric: true },
      { name: "Cycles", numeric: true },
      { name: "Share", numeric: true },
      { name: "MACs, non-zero", numeric: true },
      { name: "Utilisation", numeric: true },
      { name: "Slack", numeric: true },
      { name: "Bound", numeric: false },
      ...(priced ? [{ name: "Energy, pJ", numeric: true }] : []),
    ],
    rows: rows.map((row) => ({
      tip: tips.add(pointTrail(row.point, run.manifest.clockHertz)),
      cells: [
        { text: displayPath(row.layer) || displayPath(row.pass) || "whole run" },
        { text: row.stage === "" ? "other" : displayName(row.stage) },
        numberCell(row.start, wholeNumber),
        numberCell(row.cycles, wholeNumber),
        numberCell(row.timeShare, percentText),
        numberCell(row.macs["non-zero"], (value) => withUnit(value, "")),
        numberCell(row.utilisation, percentText),
        numberCell(row.slack, timesText),
        { text: row.bound === "none" ? "no roof" : row.bound, mark: row.bound },
        ...(priced ? [numberCell(row.energy, joulesText)] : []),
      ],
    })),
  }
}
