/** The page of an analysis: which branches are sparse, how few outcomes decide them, and how far back those are. */
import { energyBars } from "../../viz/energy-bars.ts"
import { percentText, wholeNumber } from "../../viz/number-format.ts"
import { type Analysis, analysisVerdict, savedBySparse } from "../branch/analysis.ts"
import { dataTable, numberCell } from "./data-table.ts"
import { displayName } from "./display-name.ts"
import { figureMarkup } from "./figure.ts"
import { historyPositionsFigure } from "./history-positions-figure.ts"
import { type ClientAssets, renderPage, section } from "./page.ts"
import { tilesMarkup } from "./tiles.ts"
import { TipBook } from "./tip-book.ts"

/** Terms that a row of the table names. */
const namedTerms = 3

/** HTML of an analysis. */
export const analysisPage = (analysis: Analysis, assets: ClientAssets): string => {
  const tips = new TipBook()
  const { trace, predictor, branches, sparseBranches, misses, criterion } = analysis
  const rule = `at most ${criterion.mostTerms} terms that leave at most ${percentText(criterion.mostMissShare)} of the misses of guessing one direction, on examples that no fit saw`
  const tip = (title: string, line: string): string =>
    tips.add({ title, lines: [["How", line]], sources: [] })
  return renderPage(
    {
      title: `Sparse correlations of ${trace}`,
      eyebrow: `${displayName(trace)} · misses of ${displayName(predictor)}`,
      verdict: analysisVerdict(analysis),
      tips,
      content: [
        tilesMarkup([
          {
            name: "Sparse branches",
            figure: `${sparseBranches} of ${branches.length}`,
            note: "of those with most misses",
            tip: tip("Sparse", rule),
          },
          {
            name: "Misses analysed",
            figure: percentText(analysis.analysedShare),
            note: `of ${wholeNumber(misses)}`,
            tip: tip("Misses analysed", "misses of the branches listed ÷ misses of all branches"),
          },
          {
            name: "Would be saved",
            figure: percentText(savedBySparse(analysis) / misses),
            note: "of all misses, by models of the history alone",
            tip: tip(
              "Would be saved",
              "wins less losses on validation ÷ examples × executions, of sparse branches whose model is better than the predictor",
            ),
          },
        ]),
        section(
          "positions",
          "Which outcomes of the past matter",
          "Only of sparse branches whose model would save misses of the predictor.",
          historyPositionsFigure(analysis.positions, tips),
        ),
        section(
          "terms",
          "How few outcomes decide a sparse branch",
          `Sparse is a branch with ${rule}.`,
          termsFigure(analysis, tips),
        ),
        section(
          "branches",
          `The ${branches.length} branches with most misses`,
          "Terms are outcomes so many branches ago, of any branch (global) or of the branch itself (local), or two of them joined; the heaviest come first.",
          branchesTable(analysis),
        ),
      ],
      footer: `<p>Features, fits and criterion are a design of sparsim’s own, after the idea of arXiv 2207.14033; models here see the history alone, not what the predictor says.</p>`,
    },
    assets,
  )
}

const termsFigure = ({ byTerms }: Analysis, tips: TipBook): string =>
  figureMarkup({
    id: "by-terms",
    title: "Sparse branches by number of terms",
    caption: "Static branches whose smallest best model has so many terms.",
    draw: (frame) =>
      energyBars(frame, {
        runs: [{ name: "branches", mark: "c1" }],
        groups: byTerms.map(({ terms, branches }) => ({
          name: terms === 1 ? "1 term" : `${terms} terms`,
          values: [
            {
              value: branches,
              text: wholeNumber(branches),
              tip: tips.add({
                title: `${terms} ${terms === 1 ? "term" : "terms"}`,
                lines: [["Branches", wholeNumber(branches)]],
                sources: [],
              }),
            },
          ],
        })),
      }),
  })

const branchesTable = ({ branches }: Analysis): string =>
  dataTable({
    id: "branches-table",
    caption: "Static branches by misses of the predictor",
    columns: [
      { name: "Address", numeric: false },
      { name: "Executions", numeric: true },
      { name: "Taken", numeric: true },
      { name: "Misses", numeric: true },
      { name: "Terms", numeric: true },
      { name: "Sparse", numeric: false },
      { name: "Would save", numeric: true },
      { name: "Looks at", numeric: false },
    ],
    rows: branches.map(({ address, executions, takenShare, baseMisses, nonzero, sparse, saved, terms }) => ({
      cells: [
        { text: displayName(address) },
        numberCell(executions, wholeNumber),
        numberCell(takenShare, percentText),
        numberCell(baseMisses, wholeNumber),
        numberCell(nonzero, wholeNumber),
        sparse ? { text: "yes", mark: "c1" } : { text: "no", mark: "none" },
        numberCell(Math.round(saved), wholeNumber),
        {
          text:
            terms
              .slice(0, namedTerms)
              .map(({ what }) => what)
              .join(", ") + (terms.length > namedTerms ? ", …" : ""),
        },
      ],
    })),
  })
