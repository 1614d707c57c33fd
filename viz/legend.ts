/** A legend that wraps: swatches with names, as wide as the chart. */
import { element, label } from "./svg.ts"
import { shorten, textWidth } from "./text-width.ts"

export interface LegendEntry {
  readonly name: string
  /** Class of the swatch, as of the marks. */
  readonly mark: string
  /** What stands for the mark; a filled square where nothing is said. */
  readonly swatch?: "fill" | "line"
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
  const parts = entries.map(({ name, mark, swatch }) => {
    const indent = swatch === "line" ? 30 : 18
    const text = shorten(name, Math.max(40, width - indent - 6), fontSize)
    const taken = indent + textWidth(text, fontSize) + 18
    if (x > 0 && x + taken - 18 > width) {
      x = 0
      row += 1
    }
    const top = y + row * rowHeight
    const drawn =
      swatch === "line"
        ? element("line", { class: `line ${mark}`, x1: x, x2: x + 24, y1: top + 8, y2: top + 8 })
        : element("rect", { class: mark, x, y: top + 2, width: 12, height: 12, rx: 3 })
    const part = drawn + label(text, { class: "legend", x: x + indent, y: top + 12.5 })
    x += taken
    return part
  })
  return { markup: parts.join(""), height: entries.length === 0 ? 0 : (row + 1) * rowHeight }
}
