/** The number of a table's cell in full, as `reports/pages/data-table.ts` writes it. */

/** Undefined for a cell of text, empty where there is no number. */
export const cellValue = (cell: HTMLTableCellElement): string | undefined => {
  const value = cell.dataset["v"]
  if (value !== "") return value
  const said = (cell.textContent ?? "").replaceAll(",", "")
  return Number.isNaN(Number(said)) ? "" : said
}
