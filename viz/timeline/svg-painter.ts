/**
 * Paints a timeline as SVG text, in few bytes: all that one mark covers is one path, and rectangles that stand side by side on
 * one line are one outline.
 */
import { element, label } from "../svg.ts"
import type { Painter } from "./painter.ts"

const rounded = (value: number): number => Math.round(value * 10) / 10

/** The rectangles of one mark. */
class MarkPath {
  #text = ""
  #right = Number.NaN
  #top = 0
  #bottom = 0

  add(left: number, top: number, right: number, bottom: number): void {
    if (left !== this.#right || bottom !== this.#bottom) {
      this.#close()
      this.#text += `M${left} ${bottom}V${top}`
    } else if (top !== this.#top) {
      this.#text += `H${left}V${top}`
    }
    this.#right = right
    this.#top = top
    this.#bottom = bottom
  }

  #close(): void {
    if (!Number.isNaN(this.#right)) this.#text += `H${this.#right}V${this.#bottom}z`
    this.#right = Number.NaN
  }

  text(): string {
    this.#close()
    return this.#text
  }
}

/** A painter, and the markup of what it has painted. */
export const svgPainter = (): { readonly painter: Painter; readonly markup: () => string } => {
  const paths = new Map<string, MarkPath>()
  const lines: string[] = []
  const texts: string[] = []
  return {
    painter: {
      rect: (mark, x, y, width, height) => {
        const path = paths.get(mark) ?? new MarkPath()
        paths.set(mark, path)
        path.add(rounded(x), rounded(y), rounded(x + width), rounded(y + height))
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
        ...lines,
        ...[...paths]
          .toSorted(([a], [b]) => Number(b === "row-ground") - Number(a === "row-ground"))
          .map(([mark, path]) => element("path", { class: mark, d: path.text() })),
        ...texts,
      ].join(""),
  }
}
