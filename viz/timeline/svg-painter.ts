/** Paints a timeline as SVG text: all rectangles of a mark are one path, so that an overview stays small. */
import { element, label } from "../svg.ts"
import type { Painter } from "./drawing.ts"

const rounded = (value: number): number => Math.round(value * 10) / 10

/** A painter, and the markup of what it has painted. */
export const svgPainter = (): { readonly painter: Painter; readonly markup: () => string } => {
  const paths = new Map<string, string[]>()
  const lines: string[] = []
  const texts: string[] = []
  return {
    painter: {
      rect: (mark, x, y, width, height) => {
        const path = paths.get(mark) ?? []
        paths.set(mark, path)
        const left = rounded(x)
        path.push(`M${left} ${rounded(y)}h${rounded(width)}v${rounded(height)}H${left}z`)
      },
      line: (style, x1, y1, x2, y2) => {
        lines.push(element("line", { class: style, x1, y1, x2, y2 }))
      },
      text: (style, text, x, y, anchor) => {
        texts.push(
          label(text, { class: style, x, y, "text-anchor": anchor === "start" ? undefined : anchor }),
        )
      },
    },
    markup: () =>
      [
        ...[...paths]
          .toSorted(([a], [b]) => Number(b === "row-ground") - Number(a === "row-ground"))
          .map(([mark, parts]) => element("path", { class: mark, d: parts.join("") })),
        ...lines,
        ...texts,
      ].join(""),
  }
}
