/** A chart on a page: drawn for wide and for narrow screens, with a caption that says how to read it and its numbers. */
import { escapeHtml } from "../../viz/escape-html.ts"
import type { ChartFrame } from "../../viz/svg.ts"
import { type DataTable, dataTable } from "./data-table.ts"

export interface Figure {
  /** Unique on the page; also the file name of the saved chart. */
  readonly id: string
  readonly title: string
  /** How to read the chart; under it, and its description for screen readers. */
  readonly caption: string
  readonly draw: (frame: ChartFrame) => string
  /** The same numbers as a table; left out where a table stands beside the chart anyway. */
  readonly table?: DataTable
  /** Drawn for narrow screens alone, and no larger on wide ones: for one of many versions of a small chart. */
  readonly small?: true
  /** Id of a table of the page: a rectangle drawn over the chart's marks leaves only their rows in it. */
  readonly brush?: string
}

const wide = 960
const narrow = 400

/** The two drawings; a style rule shows one of them. */
const drawings = (figure: Figure, id: string): string => {
  const frame = (suffix: string, width: number): ChartFrame => ({
    id: `${id}-${suffix}`,
    title: figure.title,
    description: figure.caption,
    width,
  })
  if (figure.small) return `<div class="small">${figure.draw(frame("svg", narrow))}</div>`
  return `<div class="wide">${figure.draw(frame("wide", wide))}</div>
<div class="narrow">${figure.draw(frame("narrow", narrow))}</div>`
}

const framed = (id: string, title: string, content: string, brush?: string): string =>
  `<div class="frame" id="${escapeHtml(id)}" role="group" aria-label="${escapeHtml(`${title}; arrow keys step through its marks${brush === undefined ? "" : ", Enter chooses one or lets it go"}`)}" tabindex="0" data-steps${brush === undefined ? "" : ` data-brush="${escapeHtml(brush)}"`}>
${content}
</div>`

const brushHint = `<span class="js-only brush-hint">Drag over dots to keep only their rows in the table; press elsewhere to have all again. <output></output></span>`

const saveButton = (id: string): string =>
  `<button type="button" class="button js-only" data-save="${escapeHtml(id)}">Save SVG</button>`

const tableBelow = (table: DataTable | undefined): string =>
  table === undefined ? "" : `<details><summary>Numbers of this chart</summary>${dataTable(table)}</details>`

export const figureMarkup = (figure: Figure): string =>
  `<figure>
${framed(figure.id, figure.title, drawings(figure, figure.id), figure.brush)}
<figcaption>${escapeHtml(figure.caption)}${figure.brush === undefined ? "" : brushHint}</figcaption>
<div class="tools">${saveButton(figure.id)}${tableBelow(figure.table)}</div>
</figure>`

/** One chart in one size, for grids of small charts. */
export const smallFigure = (figure: Omit<Figure, "table">): string =>
  `<figure><h3><bdi>${escapeHtml(figure.title)}</bdi></h3>
${framed(figure.id, figure.title, figure.draw({ id: `${figure.id}-svg`, title: figure.title, description: figure.caption, width: 300 }))}
<figcaption>${escapeHtml(figure.caption)}</figcaption>
<div class="bar">${saveButton(figure.id)}</div></figure>`

/** Versions of one chart, of which buttons show one at a time; the first is shown without a script. */
export const switchedFigure = (
  versions: readonly { readonly name: string; readonly figure: Figure }[],
  /** What the buttons choose, for screen readers. */
  choice: string,
): string => {
  const buttons = versions
    .map(
      ({ name, figure }, index) =>
        `<button type="button" class="button" data-panel="${escapeHtml(figure.id)}-panel" aria-pressed="${index === 0}">${escapeHtml(name)}</button>`,
    )
    .join("")
  const panels = versions
    .map(
      ({ figure }, index) =>
        `<div id="${escapeHtml(figure.id)}-panel"${index === 0 ? "" : " hidden"}>${figureMarkup(figure)}</div>`,
    )
    .join("\n")
  const control =
    versions.length < 2
      ? ""
      : `<div class="bar switch js-only" role="group" aria-label="${escapeHtml(choice)}" data-switch>${buttons}</div>`
  return control + panels
}
