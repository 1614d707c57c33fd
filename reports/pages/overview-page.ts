/** The page of many runs: which is fastest, which is worth its energy, how they move under the roofs, and a page each. */
import type { Trace } from "../../sim/trace/trace.ts"
import { joulesText, percentText, secondsText, timesText, withUnit } from "../../viz/number-format.ts"
import { paretoChart } from "../../viz/pareto-chart.ts"
import { fastestOf, overview, type Overview, type OverviewRun } from "../overview.ts"
import { provenance } from "../provenance.ts"
import { type DataTable, dataTable, numberCell } from "./data-table.ts"
import { displayLabel, displayName } from "./display-name.ts"
import { figureMarkup } from "./figure.ts"
import { entriesMarkup, type IndexEntry } from "./index-page.ts"
import { type ClientAssets, renderPage, section, warningsMarkup } from "./page.ts"
import { provenanceFooter } from "./provenance-footer.ts"
import { trajectoryFigure } from "./trajectory-figure.ts"
import { type Tile, tilesMarkup } from "./tiles.ts"
import { TipBook } from "./tip-book.ts"
import { pointTrail } from "./trails.ts"

const runsTableId = "runs-table"

/** Runs as the page names them, and their marks' row. */
export interface NamedRun extends OverviewRun {
  readonly row: string
  readonly tip: string
}

/**
 * HTML of an overview. `traces` holds two or more runs, the first is the base; `entries` the pages of the same runs.
 * @throws TraceError when a trace contradicts itself or counts what its energy table does not price.
 */
export const overviewPage = (
  traces: readonly Trace[],
  entries: readonly IndexEntry[],
  assets: ClientAssets,
): string => {
  const found = overview(traces)
  const tips = new TipBook()
  const runs = found.runs.map((run, i): NamedRun => {
    const label = displayLabel(run.label)
    const tip = tips.add(pointTrail(run.point, run.aggregate.manifest.clockHertz, label))
    return { ...run, label, row: String(i + 1), tip }
  })
  const warnings = [...new Set(traces.flatMap(({ manifest }) => manifest.warnings))]
  const trajectory = trajectoryFigure(runs, runsTableId)
  return renderPage(
    {
      title: `${runs.length} runs`,
      eyebrow: eyebrowOf(traces),
      verdict: overviewVerdict(found),
      tips,
      content: [
        tilesMarkup(tilesOf(found, runs)),
        warningsMarkup(warnings),
        section(
          "runs",
          frontClaim(runs),
          found.per === "run"
            ? "Every run does the same work. A run is worth its energy where no other is both faster and takes less."
            : "The runs do different work, so they are compared by what 10⁹ of their dense-equivalent MACs take.",
          paretoOf(found, runs),
          dataTable(runsTable(found, runs)),
        ),
        trajectory === undefined
          ? ""
          : section(
              "roofline",
              "From run to run under the roofs",
              "A dot is a whole run: to the right it does more with each byte, upwards it does more each second.",
              figureMarkup(trajectory),
            ),
        section(
          "pages",
          "A page each",
          "What holds each of them back.",
          entriesMarkup(entries.map((entry, i) => ({ ...entry, title: found.runs[i].label }))),
        ),
      ],
      footer: provenanceFooter(
        runs.map(({ label, aggregate }) => ({ label, provenance: provenance(aggregate.manifest) })),
      ),
    },
    assets,
  )
}

/** What all runs have in common. */
const eyebrowOf = (traces: readonly Trace[]): string => {
  const common = (names: readonly string[], many: string): string =>
    new Set(names).size === 1 ? displayName(names[0]) : `${new Set(names).size} ${many}`
  const workloads = common(
    traces.map(({ manifest }) => manifest.workload.name),
    "workloads",
  )
  const machines = common(
    traces.map(({ manifest }) => manifest.machine.name),
    "machines",
  )
  return `${workloads} · ${machines} · ${traces.length} runs`
}

/** The answer in one sentence. */
export const overviewVerdict = (found: Overview): string => {
  const best = fastestOf(found)
  const [first] = found.runs
  const among = `of ${found.runs.length} runs`
  const by = found.per === "run" ? "" : " by the same number of operations"
  const others = found.runs.filter((run) => run !== best)
  const next = others.reduce((least, run) => (run.cost < least.cost ? run : least))
  const ahead =
    best === first
      ? `${timesText(next.cost / best.cost)} as fast as the next, ${next.label}`
      : `${timesText(first.cost / best.cost)} as fast as ${first.label}`
  const { bound, binding } = best.point
  const held = binding === undefined ? "" : `; ${binding.name} holds it back (${bound})`
  return `${best.label} is the fastest ${among}${by}, ${ahead}${held}.`
}

const frontClaim = (runs: readonly OverviewRun[]): string => {
  const front = runs.filter(({ onFront }) => onFront === true).length
  if (runs.some(({ onFront }) => onFront === undefined)) return "Time of every run"
  if (front === runs.length) return "Every run is worth its energy"
  return `${front} of ${runs.length} runs ${front === 1 ? "is worth its" : "are worth their"} energy`
}

const perText = (found: Overview): string => (found.per === "run" ? "" : " per 10⁹ MACs")

const tilesOf = (found: Overview, runs: readonly NamedRun[]): readonly Tile[] => {
  const fastest = runs[found.runs.indexOf(fastestOf(found))]
  const [first] = runs
  const tiles: Tile[] = [
    {
      name: "Fastest",
      figure: secondsText(fastest.cost),
      note: `${fastest.label}${perText(found)}; ${first.label}: ${secondsText(first.cost)}`,
      tip: fastest.tip,
    },
  ]
  if (runs.every(({ picojoules }) => picojoules !== undefined)) {
    const least = runs.reduce((best, run) => (run.value < best.value ? run : best))
    tiles.push({
      name: "Least energy",
      figure: joulesText(least.value),
      note: `${least.label}${perText(found)}; ${first.label}: ${joulesText(first.value)}`,
      tip: least.tip,
    })
  }
  return tiles
}

/** Time against energy; nothing where a run has no energy. */
const paretoOf = (found: Overview, runs: readonly NamedRun[]): string =>
  runs.some(({ onFront }) => onFront === undefined)
    ? ""
    : figureMarkup({
        id: "energy-by-time",
        title: "Energy against time",
        caption:
          "Full dots are on the front, which the line joins; hollow ones are dominated: another run is no slower and takes no more energy.",
        brush: runsTableId,
        draw: (frame) =>
          paretoChart(frame, {
            points: runs.map((run) => ({
              name: run.label,
              cost: run.cost,
              value: run.value,
              isBest: run.onFront === true,
              tip: run.tip,
              row: run.row,
            })),
            xTitle: `time${perText(found)}, s`,
            yTitle: `energy${perText(found)}, J`,
            formatX: secondsText,
            formatY: joulesText,
          }),
      })

const runsTable = (found: Overview, runs: readonly NamedRun[]): DataTable => {
  const [first] = runs
  const per = perText(found)
  return {
    id: runsTableId,
    caption: `Runs; speed-up and energy ratio are over ${first.label}`,
    columns: [
      { name: "Run", numeric: false },
      { name: `Time${per}`, numeric: true },
      { name: "Speed-up", numeric: true },
      { name: `Energy${per}`, numeric: true },
      { name: "Energy ratio", numeric: true },
      { name: "Utilisation", numeric: true },
      { name: "FLOP/s, dense-equivalent", numeric: true },
      { name: "Bound", numeric: false },
    ],
    rows: runs.map((run) => ({
      row: run.row,
      tip: run.tip,
      cells: [
        { text: run.label },
        numberCell(run.cost, secondsText),
        numberCell(first.cost / run.cost, timesText),
        numberCell(run.value, joulesText),
        numberCell(first.value / run.value, timesText),
        numberCell(run.utilisation?.useful, percentText),
        numberCell(run.point.attained["dense-equivalent"].flopPerSecond, (value) => withUnit(value, "")),
        { text: run.point.bound, mark: run.point.bound },
      ],
    })),
  }
}
