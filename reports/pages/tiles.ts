/** The row of big numbers under the verdict. */
import { escapeHtml } from "../../viz/escape-html.ts"

export interface Tile {
  readonly name: string
  readonly figure: string
  readonly note: string
  readonly tip?: string
}

/** The number large, its unit smaller. */
const figureParts = (figure: string): string => {
  const [number, ...unit] = figure.split("\u00a0")
  const tail = unit.join("\u00a0")
  return tail === ""
    ? escapeHtml(number)
    : `${escapeHtml(number)}<span class="unit">\u00a0${escapeHtml(tail)}</span>`
}

export const tilesMarkup = (tiles: readonly Tile[]): string => {
  const items = tiles.map(
    ({ name, figure, note, tip }) =>
      `<div class="tile"${tip === undefined ? "" : ` data-tip="${escapeHtml(tip)}"`}><dt>${escapeHtml(name)}</dt><dd><div class="figure">${figureParts(figure)}</div><div class="note">${escapeHtml(note)}</div></dd></div>`,
  )
  return `<div class="frame" role="group" aria-label="Key numbers; arrow keys step through how they came about" tabindex="0" data-steps>
<dl class="tiles">${items.join("\n")}</dl></div>`
}
