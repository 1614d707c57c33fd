/**
 * A table whose columns sort and whose rows copy as CSV: the twin of every chart. Tables are most of a page, so they leave out
 * what HTML lets one leave out: the ends of cells and rows, that a header in a row is the row's, quotes about words, and a
 * value that the text says in full or that there is not.
 */
import { escapeHtml } from "../../viz/escape-html.ts"

export interface TextCell {
  readonly text: string
  /** Class of a coloured mark before the text, a word. */
  readonly mark?: string
}

/** Shown as `text`; sorts and copies as `value`. NaN stands for "no value". */
export interface NumberCell {
  readonly text: string
  readonly value: number
}

export interface DataTable {
  /** Unique on the page. */
  readonly id: string
  /** What the table lists; also its name for screen readers. */
  readonly caption: string
  readonly columns: readonly { readonly name: string; readonly numeric: boolean }[]
  /** The first cell of a row is its header. */
  readonly rows: readonly TableRow[]
}

export interface TableRow {
  readonly cells: readonly Cell[]
  readonly tip?: string
  /** What the marks of a brushed chart call it. */
  readonly row?: string
}

export type Cell = TextCell | NumberCell

/** A number cell, or an empty one where there is no number. */
export const numberCell = (value: number | undefined, format: (value: number) => string): NumberCell =>
  value === undefined || !Number.isFinite(value)
    ? { text: "–", value: Number.NaN }
    : { text: format(value), value }

/** Whole numbers in full, others to nine digits, nothing where there is no number. */
const written = (value: number): string =>
  Number.isNaN(value) ? "" : String(Number.isInteger(value) ? value : Number(value.toPrecision(9)))

/** Addresses stay in one line: half of one is none. */
const isAddress = (text: string): boolean => /^0x[\da-f]{1,16}$/i.test(text)

/** A text that could run from right to left is kept from turning its neighbours round. */
const isolated = (text: string): string => {
  const escaped = escapeHtml(text)
  if (isAddress(text)) return `<span class=address>${escaped}</span>`
  return /^[ -~]*$/.test(text) ? escaped : `<bdi>${escaped}</bdi>`
}

const cellMarkup = (cell: Cell, isHeader: boolean): string => {
  if ("value" in cell) {
    const value = written(cell.value)
    const isSaid = value === cell.text.replaceAll(",", "") || value === ""
    return `<td data-v${isSaid ? "" : `=${value}`}>${escapeHtml(cell.text.replaceAll("\u00a0", " "))}`
  }
  const tag = cell.mark === undefined ? "" : ` class=${escapeHtml(cell.mark)}`
  return `${isHeader ? "<th" : "<td"}${tag}>${isolated(cell.text)}`
}

/** Above this many rows a table scrolls inside itself. */
const tallFrom = 18

export const dataTable = (table: DataTable): string => {
  const head = table.columns
    .map(
      ({ name, numeric }) =>
        `<th scope=col${numeric ? " class=number" : ""}><button type=button>${escapeHtml(name)}</button>`,
    )
    .join("")
  const rows = table.rows
    .map(({ cells, tip, row }) => {
      const tipped = tip === undefined ? "" : ` data-tip=${escapeHtml(tip)}`
      const named = row === undefined ? "" : ` data-row="${escapeHtml(row)}"`
      return `<tr${tipped}${named}>${cells.map((cell, index) => cellMarkup(cell, index === 0)).join("")}`
    })
    .join("\n")
  const tall = table.rows.length > tallFrom ? " tall" : ""
  return `<div class="table${tall}" role="region" aria-label="${escapeHtml(table.caption)}" tabindex="0" data-steps>
<table class="sortable" id="${escapeHtml(table.id)}"><caption>${escapeHtml(table.caption)}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${rows}
</tbody></table></div>
<div class="bar js-only"><button type="button" class="button" data-copy="${escapeHtml(table.id)}">Copy CSV</button></div>`
}
