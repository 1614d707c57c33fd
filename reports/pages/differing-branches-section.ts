/** Static branches that some predictors know and others do not. */
import { percentText, wholeNumber } from "../../viz/number-format.ts"
import type { LabelledReport } from "../branch/branch-verdict.ts"
import { type DifferingBranch, differingBranches } from "../branch/differing-branches.ts"
import { type Cell, type DataTable, dataTable, numberCell } from "./data-table.ts"
import { displayName } from "./display-name.ts"
import { section } from "./page.ts"
import type { TipBook } from "./tip-book.ts"

/** Beyond these the table tells little. */
const mostBranches = 40

/** Empty where the lists agree. */
export const differingBranchesSection = (runs: readonly LabelledReport[], tips: TipBook): string => {
  const found = differingBranches(runs.map(({ report }) => report.worst))
  if (found.length === 0) return ""
  const shown = found.slice(0, mostBranches)
  return section(
    "differing",
    `At ${displayName(shown[0].address)} predictors differ by at least ${wholeNumber(shown[0].difference)} misses`,
    `Misses of the same static branch side by side, where they differ most. “≤” stands where a trace does not list the branch: it misses no more often than the last one listed.${found.length > shown.length ? ` ${found.length - shown.length} branches that differ less are left out.` : ""}`,
    dataTable(branchesTable(shown, runs, tips)),
  )
}

const branchesTable = (
  branches: readonly DifferingBranch[],
  runs: readonly LabelledReport[],
  tips: TipBook,
): DataTable => ({
  id: "differing-table",
  caption: "Misses of static branches, by predictor",
  columns: [
    { name: "Address", numeric: false },
    { name: "Executions", numeric: true },
    { name: "Taken", numeric: true },
    { name: "Difference", numeric: true },
    ...runs.map(({ label }) => ({ name: displayName(label), numeric: true })),
  ],
  rows: branches.map(({ address, executions, takenShare, difference, misses }) => ({
    tip: tips.add({
      title: `Branch at ${displayName(address)}`,
      lines: [
        ["Executions", wholeNumber(executions)],
        ...misses.map(({ misses: count, isBound }, i): readonly [string, string] => [
          displayName(runs[i].label),
          isBound
            ? `not listed: at most ${wholeNumber(count)} misses`
            : `${wholeNumber(count)} misses, ${percentText(executions === 0 ? 1 : 1 - count / executions)} right`,
        ]),
      ],
      sources: [],
    }),
    cells: [
      { text: displayName(address) },
      numberCell(executions, wholeNumber),
      numberCell(takenShare, percentText),
      numberCell(difference, wholeNumber),
      ...misses.map(({ misses: count, isBound }): Cell =>
        numberCell(count, (value) => `${isBound ? "≤\u00a0" : ""}${wholeNumber(value)}`),
      ),
    ],
  })),
})
