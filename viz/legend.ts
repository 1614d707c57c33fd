/** A legend that wraps: swatches with names, as wide as the chart. */
import { element, label } from "./svg.ts"
import { shorten, textWidth } from "./text-width.ts"

export interface LegendEntry {
  readonly name: string
  /** Class of the swatch, as of the marks. */
  readonly mark: string
}

const rowHeight = 22
const fontSize = 13

/** The markup of a legend with its top at `y`, and the height it takes. */
export const legend = (
  entries: readonly LegendEntry[],
  width: number,
  y: number,
): { readonly markup: string; readonly height: number } => {
  let x = 0
  let row = 0
  const parts = entries.map(({ name, mark }) => {
    const text = shorten(name, Math.max(40, width - 24), fontSize)
    const taken = 18 + textWidth(text, fontSize) + 18
    if (x > 0 && x + taken - 18 > width) {
      x = 0
      row += 1
    }
    const top = y + row * rowHeight
    const part =
      element("rect", { class: mark, x, y: top + 2, width: 12, height: 12, rx: 3 }) +
      label(text, { class: "legend", x: x + 18, y: top + 12.5 })
    x += taken
    return part
  })
  return { markup: parts.join(""), height: entries.length === 0 ? 0 : (row + 1) * rowHeight }
}
