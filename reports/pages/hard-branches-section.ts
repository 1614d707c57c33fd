/** The static branches that were mispredicted most. */
import { percentText, wholeNumber } from "../../viz/number-format.ts"
import type { BranchReport } from "../branch/branch-report.ts"
import { hardTrail } from "./branch-trails.ts"
import { dataTable, numberCell } from "./data-table.ts"
import { displayName } from "./display-name.ts"
import { section } from "./page.ts"
import type { TipBook } from "./tip-book.ts"

/** Empty where the trace lists no branch. */
export const hardBranchesSection = ({ worst, total }: BranchReport, tips: TipBook): string => {
  const last = worst.at(-1)
  if (last === undefined) return ""
  const hard = worst.filter(({ isHard }) => isHard).length
  const counted = worst.length === 1 ? "One static branch makes" : `${worst.length} static branches make`
  return section(
    "branches",
    `${counted} ${percentText(last.cumulativeShare)} of the mispredictions`,
    `The branches with most misses; ${hard === 0 ? "none of them is" : hard === worst.length ? "all of them are" : `${hard} of them ${hard === 1 ? "is" : "are"}`} hard to predict: of 30 million instructions at least 15,000 executions and 1,000 misses, and less than 99 % right (Lin and Tarsa, IISWC 2019; counts are scaled to the length of this run).`,
    dataTable({
      id: "branches-table",
      caption: "Static branches by misses",
      columns: [
        { name: "Address", numeric: false },
        { name: "Executions", numeric: true },
        { name: "Taken", numeric: true },
        { name: "Misses", numeric: true },
        { name: "Share of misses", numeric: true },
        { name: "Cumulative", numeric: true },
        { name: "Accuracy", numeric: true },
        { name: "Hard to predict", numeric: false },
      ],
      rows: worst.map((branch) => ({
        tip: tips.add(hardTrail(branch, total.instructions)),
        cells: [
          { text: displayName(branch.address) },
          numberCell(branch.executions, wholeNumber),
          numberCell(branch.takenShare, percentText),
          numberCell(branch.misses, wholeNumber),
          numberCell(branch.shareOfMisses, percentText),
          numberCell(branch.cumulativeShare, percentText),
          numberCell(branch.accuracy, percentText),
          branch.isHard ? { text: "yes", mark: "memory" } : { text: "no", mark: "none" },
        ],
      })),
    }),
  )
}
