/** The page of a validation run: how far predictions are from what is known, and from a naive baseline. */
import { percentText, shortNumber } from "../../viz/number-format.ts"
import { scatter } from "../../viz/scatter.ts"
import {
  type ValidationCase,
  type ValidationGroup,
  type ValidationReport,
  type ValidationSummary,
  validationSummary,
} from "../validation.ts"
import { type DataTable, dataTable, numberCell } from "./data-table.ts"
import { displayName } from "./display-name.ts"
import { smallFigure } from "./figure.ts"
import { type ClientAssets, renderPage, section } from "./page.ts"
import { escapeHtml } from "../../viz/escape-html.ts"
import { type Tile, tilesMarkup } from "./tiles.ts"
import { TipBook } from "./tip-book.ts"

export interface ValidationPageInput {
  readonly report: ValidationReport
  /** The command that made the report. */
  readonly command: string
}

/** Groups beyond this many, smallest first, have no chart of their own. */
const mostCharts = 24
/** Cases listed whatever their error, and cases that are a quarter off, as many as there are up to a limit. */
const worstShown = 30
const farOff = 0.25
const mostShown = 300

const worstOf = (cases: readonly ValidationCase[]): readonly ValidationCase[] => {
  const far = cases.filter(({ error }) => Math.abs(error) > farOff).length
  return cases.toSorted(byError).slice(0, Math.min(mostShown, Math.max(worstShown, far)))
}
/** Marks of one chart that have tooltips: the worst cases. */
const tippedPerGroup = 40

export const validationPage = (input: ValidationPageInput, assets: ClientAssets): string => {
  const { report } = input
  const tips = new TipBook()
  const summary = validationSummary(report)
  const unsupported = report.unsupported
  return renderPage(
    {
      title: "Validation",
      eyebrow: `Validation · ${summary.cases} cases in ${summary.groups} groups`,
      verdict: validationVerdict(summary),
      tips,
      content: [
        tilesMarkup(tilesOf(summary)),
        section(
          "groups",
          "Error by group, beside a naive baseline",
          "MAPE is the mean of |predicted − expected| ÷ expected; bias keeps the sign. A group whose baseline is better says so. Evidence says what the expected numbers are; “simulator” is another model’s output, not silicon.",
          dataTable(groupsTable(report)),
        ),
        chartsSection(report, tips),
        section(
          "worst",
          `The ${worstOf(report.cases).length} cases that are farthest off`,
          "Errors are signed: above zero, the model predicts too much. A cause is given for what is more than a quarter off, where the model knows its weakness.",
          dataTable(worstTable(report.cases)),
        ),
        unsupported.length === 0
          ? ""
          : section(
              "unsupported",
              `${summary.unsupported} cases could not be run`,
              "They are in no figure above.",
              dataTable({
                id: "unsupported-table",
                caption: "Cases that could not be run, by reason",
                columns: [
                  { name: "Reason", numeric: false },
                  { name: "Cases", numeric: true },
                  { name: "For example", numeric: false },
                ],
                rows: unsupported.map(({ reason, n, ids }) => ({
                  cells: [
                    { text: displayName(reason) },
                    numberCell(n, String),
                    { text: ids.slice(0, 3).map(displayName).join(", ") },
                  ],
                })),
              }),
            ),
      ],
      footer: `<h2>Where this comes from</h2><p><code>${escapeHtml(input.command)}</code></p>`,
    },
    assets,
  )
}

export const validationVerdict = (summary: ValidationSummary): string => {
  if (summary.cases === 0) return "No case could be run, so nothing is known of the models' error."
  const half =
    summary.medianApe === 0
      ? `${summary.exact} of ${summary.cases} predictions equal the expected value exactly`
      : `Half of ${summary.cases} predictions are within ${percentText(summary.medianApe ?? 0)} of the expected value`
  if (summary.withBaseline === 0) return `${half}; there is no baseline to compare with.`
  const all =
    summary.withBaseline === summary.groups
      ? "every group beats its naive baseline"
      : `all ${summary.withBaseline} groups that have a naive baseline beat it`
  return summary.beatBaseline === summary.withBaseline
    ? `${half}, and ${all}.`
    : `${half}; ${summary.withBaseline - summary.beatBaseline} of ${summary.withBaseline} groups do not beat their naive baseline.`
}

const tilesOf = (summary: ValidationSummary): readonly Tile[] => [
  {
    name: "Median error",
    figure: summary.medianApe === undefined ? "–" : percentText(summary.medianApe),
    note: summary.byEvidence.map(([evidence, n]) => `${n} ${displayName(evidence)}`).join(", "),
  },
  {
    name: "Within 10 %",
    figure: summary.within10 === undefined ? "–" : percentText(summary.within10),
    note: "of all cases",
  },
  {
    name: "Beat the baseline",
    figure: `${summary.beatBaseline} of ${summary.withBaseline}`,
    note: "groups",
  },
  { name: "Could not be run", figure: String(summary.unsupported), note: "cases, listed below by reason" },
]

const beatsBaseline = ({ mape, baselineMape }: ValidationGroup): string =>
  mape === null || baselineMape === null ? "no baseline" : mape < baselineMape ? "better" : "worse"

const evidenceOf = (cases: readonly ValidationCase[]): string =>
  [...new Set(cases.flatMap(({ evidence }) => evidence ?? []))].toSorted().join(", ") || "not said"

const byGroup = (cases: readonly ValidationCase[]): ReadonlyMap<string, readonly ValidationCase[]> => {
  const groups = new Map<string, ValidationCase[]>()
  for (const one of cases) {
    const group = groups.get(one.group)
    if (group === undefined) groups.set(one.group, [one])
    else group.push(one)
  }
  return groups
}

const groupsTable = (report: ValidationReport): DataTable => {
  const cases = byGroup(report.cases)
  const share = (value: number | null) => numberCell(value ?? undefined, percentText)
  return {
    id: "groups-table",
    caption: "Error by group",
    columns: [
      { name: "Group", numeric: false },
      { name: "n", numeric: true },
      { name: "MAPE", numeric: true },
      { name: "Baseline MAPE", numeric: true },
      { name: "Than baseline", numeric: false },
      { name: "Median", numeric: true },
      { name: "Max", numeric: true },
      { name: "Bias", numeric: true },
      { name: "Kendall τ", numeric: true },
      { name: "≤ 5 %", numeric: true },
      { name: "≤ 10 %", numeric: true },
      { name: "≤ 20 %", numeric: true },
      { name: "Evidence", numeric: false },
    ],
    rows: report.groups.map((group) => ({
      cells: [
        { text: displayName(group.group) },
        numberCell(group.n, String),
        share(group.mape),
        share(group.baselineMape),
        { text: beatsBaseline(group) },
        share(group.medianApe),
        share(group.maxApe),
        share(group.bias),
        numberCell(group.kendallTau ?? undefined, (value) => value.toFixed(2)),
        share(group.within5),
        share(group.within10),
        share(group.within20),
        { text: evidenceOf(cases.get(group.group) ?? []) },
      ],
    })),
  }
}

const byError = (a: ValidationCase, b: ValidationCase): number => Math.abs(b.error) - Math.abs(a.error)

const chartsSection = (report: ValidationReport, tips: TipBook): string => {
  const groups = [...byGroup(report.cases)].toSorted((a, b) => b[1].length - a[1].length)
  if (groups.length === 0) return ""
  const shown = groups.slice(0, mostCharts)
  const charts = shown.map(([name, cases], index) => {
    const tipped = new Set(cases.toSorted(byError).slice(0, tippedPerGroup))
    const unit = cases.find((one) => one.unit !== undefined)?.unit
    const inUnit = unit === undefined ? "" : `, ${displayName(unit)}`
    return smallFigure({
      id: `scatter-${index}`,
      title: displayName(name),
      caption: `${cases.length} cases. Bands: ±10 % and ±20 %.`,
      draw: (frame) =>
        scatter(frame, {
          bands: [0.2, 0.1],
          xTitle: `expected${inUnit}`,
          yTitle: `predicted${inUnit}`,
          // Those with tooltips first: of dots on one pixel the first is kept.
          points: cases.toSorted(byError).map((one) => ({
            expected: one.expected,
            predicted: one.predicted,
            ...(tipped.has(one) ? { tip: tips.add(caseTrail(one)) } : {}),
          })),
        }),
    })
  })
  const left = groups.length - shown.length
  return section(
    "charts",
    "Predicted against expected",
    `A ring is a case; on the diagonal the prediction is exact. Both axes are logarithmic.${left > 0 ? ` The ${left} smallest groups are in the table alone.` : ""}`,
    `<div class="multiples">${charts.join("\n")}</div>`,
  )
}

const caseTrail = (one: ValidationCase) => ({
  title: displayName(one.id),
  lines: [
    ["Predicted", shortNumber(one.predicted)],
    ["Expected", shortNumber(one.expected)],
    ["Error", percentText(one.error)],
  ] as const,
  sources: one.evidence === undefined ? [] : [`expected: ${one.evidence}`],
})

const worstTable = (cases: readonly ValidationCase[]): DataTable => ({
  id: "worst-table",
  caption: "Cases that are farthest off",
  columns: [
    { name: "Case", numeric: false },
    { name: "Group", numeric: false },
    { name: "Predicted", numeric: true },
    { name: "Expected", numeric: true },
    { name: "Error", numeric: true },
    { name: "Evidence", numeric: false },
    { name: "Likely cause", numeric: false },
  ],
  rows: worstOf(cases).map((one) => ({
    cells: [
      { text: displayName(one.id) },
      { text: displayName(one.group) },
      numberCell(one.predicted, shortNumber),
      numberCell(one.expected, shortNumber),
      numberCell(one.error, percentText),
      { text: one.evidence ?? "not said" },
      { text: one.likelyCause ?? "" },
    ],
  })),
})
