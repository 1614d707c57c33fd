/** Tables sort by a column when its header is pressed: numbers by value, texts by code unit. */
import { cellValue } from "./cell-value.ts"

/** Numeric value of a cell, or its text. */
const keyOf = (row: HTMLTableRowElement, column: number): number | string => {
  const cell = row.cells[column]
  const value = cellValue(cell)
  if (value === undefined) return cell.textContent ?? ""
  return value === "" ? Number.NaN : Number(value)
}

const compareKeys = (a: number | string, b: number | string): number => {
  if (typeof a === "number" && typeof b === "number") return a - b
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0
}

/** What has no value goes last, whichever way the column is sorted. */
const isMissing = (key: number | string): boolean => typeof key === "number" && Number.isNaN(key)

const sortBy = (table: HTMLTableElement, header: HTMLTableCellElement): void => {
  const body = table.tBodies[0]
  const column = header.cellIndex
  const numeric = header.classList.contains("number")
  const before = header.getAttribute("aria-sort")
  const direction = before === null ? (numeric ? -1 : 1) : before === "ascending" ? -1 : 1
  for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort")
  header.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending")
  const rows = [...body.rows].map((row) => ({ row, key: keyOf(row, column) }))
  const present = rows.filter(({ key }) => !isMissing(key))
  present.sort((a, b) => direction * compareKeys(a.key, b.key))
  body.append(
    ...present.map(({ row }) => row),
    ...rows.filter(({ key }) => isMissing(key)).map(({ row }) => row),
  )
}

export const enableSorting = (): void => {
  for (const table of document.querySelectorAll<HTMLTableElement>("table.sortable")) {
    for (const header of table.querySelectorAll<HTMLTableCellElement>("thead th")) {
      header.querySelector("button")?.addEventListener("click", () => sortBy(table, header))
    }
  }
}
