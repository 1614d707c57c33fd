/** What storage buys: mispredictions over the size of predictors. */
import { kibibytesText, shortNumber, wholeNumber } from "../../viz/number-format.ts"
import { paretoChart } from "../../viz/pareto-chart.ts"
import { mpkiOf } from "../branch/branch-counts.ts"
import type { LabelledReport } from "../branch/branch-verdict.ts"
import { isDominated, paretoFront, type Trade } from "../pareto-front.ts"
import { mpkiLine } from "./branch-trails.ts"
import { displayName } from "./display-name.ts"
import { figureMarkup } from "./figure.ts"
import { section } from "./page.ts"
import type { TipBook } from "./tip-book.ts"

type Sized = LabelledReport & Trade

/** Empty where fewer than two predictors say what they store. Brushing its chart chooses rows of a table of the page. */
export const storageSection = (
  runs: readonly LabelledReport[],
  brushed: { readonly table: string; readonly rowOf: (run: LabelledReport) => string },
  tips: TipBook,
): string => {
  const sized = runs.flatMap((run): readonly Sized[] =>
    run.report.storageBits === undefined
      ? []
      : [{ ...run, cost: run.report.storageBits, value: mpkiOf(run.report.total) }],
  )
  if (sized.length < 2) return ""
  const front = paretoFront(sized)
  const without = sized.filter(({ cost }) => cost === 0)
  const better = (one: Sized): readonly string[] =>
    sized.filter((other) => other !== one && isDominated(one, [other])).map(({ label }) => displayName(label))
  return section(
    "storage",
    front.length === sized.length
      ? "Every predictor here is the best of its size"
      : `${front.length} of ${sized.length} predictors are the best of their size`,
    "A predictor is worth its storage where no other is both smaller and right more often.",
    figureMarkup({
      id: "mpki-by-storage",
      brush: brushed.table,
      title: "MPKI against storage",
      caption: `Full dots are on the front, which the line joins; hollow ones are dominated: another predictor needs no more storage and mispredicts no more.${without.length > 0 ? ` Without storage, and so not on the logarithmic axis: ${without.map(({ label, value }) => `${displayName(label)} (${shortNumber(value)})`).join(", ")}.` : ""}`,
      draw: (frame) =>
        paretoChart(frame, {
          points: sized.map((run) => ({
            name: displayName(run.label),
            cost: run.cost / 8192,
            value: run.value,
            isBest: front.includes(run),
            row: brushed.rowOf(run),
            tip: tips.add({
              title: displayName(run.label),
              lines: [
                ["Storage", `${wholeNumber(run.cost)} bits = ${kibibytesText(run.cost)}`],
                mpkiLine(run.report.total),
                ["Dominated by", better(run).slice(0, 3).join("; ") || "none"],
              ],
              sources: [],
            }),
          })),
          xTitle: "storage, KiB",
          yTitle: "mispredictions per 1,000 instructions",
          formatX: shortNumber,
          formatY: shortNumber,
        }),
    }),
  )
}
