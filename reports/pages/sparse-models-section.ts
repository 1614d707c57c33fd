/** What sparse models bought, beside the predictor alone and one that spends their storage elsewhere. */
import { kibibytesText, percentText, shortNumber, wholeNumber } from "../../viz/number-format.ts"
import { instructionsOfMpki } from "../branch/branch-counts.ts"
import type { BranchReport } from "../branch/branch-report.ts"
import type { SparseReport } from "../branch/sparse-models.ts"
import { dataTable, numberCell } from "./data-table.ts"
import { displayName } from "./display-name.ts"
import { historyPositionsFigure } from "./history-positions-figure.ts"
import { section } from "./page.ts"
import type { TipBook } from "./tip-book.ts"

const change = (missed: number, without: number): string => {
  if (missed === without || without === 0) return "no misses"
  const share = percentText(Math.abs(1 - missed / without))
  return missed < without ? `${share} of the misses` : `none of the misses, and add ${share}`
}

/** Empty for a predictor without sparse models. */
export const sparseModelsSection = (
  { sparse, total, storageBits, manifest }: BranchReport,
  tips: TipBook,
): string => {
  if (sparse === undefined) return ""
  const [alone] = sparse.beside
  return section(
    "sparse-models",
    alone === undefined
      ? `${sparse.models.length} branches have a sparse model`
      : `Sparse models save ${change(total.mispredictions, alone.mispredictions)} of the predictor alone`,
    sparse.models.length === 0
      ? "The same branches, predicted by what stands beside; only what was measured counts."
      : "Fitted to the warm-up alone and heard from its end on. Their features, fits and layout in 2 KB are a design of sparsim's own, after the idea of arXiv 2207.14033.",
    besideTable(
      sparse,
      { mispredictions: total.mispredictions, storageBits, instructions: instructionsOfMpki(total) },
      manifest.machine.id,
    ) +
      (sparse.models.length === 0 ? "" : modelsTable(sparse)) +
      (sparse.positions.some(({ saved }) => saved.length > 0)
        ? historyPositionsFigure(sparse.positions, tips)
        : ""),
  )
}

const besideTable = (
  { beside }: SparseReport,
  own: {
    readonly mispredictions: number
    readonly storageBits: number | undefined
    readonly instructions: number
  },
  machine: string,
): string => {
  const rows = [
    { machine, mispredictions: own.mispredictions, storageBits: own.storageBits ?? Number.NaN },
    ...beside,
  ]
  return dataTable({
    id: "beside-table",
    caption: "Over the same branches",
    columns: [
      { name: "Predictor", numeric: false },
      { name: "Storage", numeric: true },
      { name: "Misses", numeric: true },
      { name: "MPKI", numeric: true },
      { name: "This run against it", numeric: true },
    ],
    rows: rows.map((row, i) => ({
      cells: [
        { text: displayName(row.machine) },
        numberCell(row.storageBits, kibibytesText),
        numberCell(row.mispredictions, wholeNumber),
        numberCell((1000 * row.mispredictions) / own.instructions, shortNumber),
        numberCell(i === 0 ? undefined : own.mispredictions / row.mispredictions - 1, percentText),
      ],
    })),
  })
}

const modelsTable = ({ models }: SparseReport): string =>
  dataTable({
    id: "sparse-models-table",
    caption: "Models, and what they promised on the warm-up",
    columns: [
      { name: "Branch", numeric: false },
      { name: "Terms", numeric: true },
      { name: "Executions", numeric: true },
      { name: "Misses without", numeric: true },
      { name: "Saved by validation", numeric: true },
    ],
    rows: models.map(({ address, terms, executions, misses, saved }) => ({
      cells: [
        { text: displayName(address) },
        numberCell(terms, wholeNumber),
        numberCell(executions, wholeNumber),
        numberCell(misses, wholeNumber),
        numberCell(saved, wholeNumber),
      ],
    })),
  })
