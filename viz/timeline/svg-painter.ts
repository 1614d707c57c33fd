/**
 * Paints a timeline as SVG text, in few bytes: all that one mark covers is one path of relative steps in halves of a pixel,
 * and rectangles that stand side by side on one line are one outline. Edges are rounded, not widths, so that what rounds to
 * nothing is made up for by its neighbours.
 */
import { element, label } from "../svg.ts"
import type { Painter } from "./painter.ts"

const perPixel = 2

const rounded = (value: number): number => Math.round(value * perPixel)

/** The rectangles of one mark, in whole halves of a pixel. */
class MarkPath {
  #text = ""
  /** Where the outline began; also where the pen is once it is closed. */
  #startX = 0
  #startY = 0
  /** The outline being drawn: the pen is at the top of the left edge of its last rectangle, which ends at `right`. */
  #left = 0
  #top = 0
  #right = Number.NaN
  #bottom = 0

  add(left: number, top: number, right: number, bottom: number): void {
    if (left === right || top === bottom) return
    if (left !== this.#right || bottom !== this.#bottom) {
      this.#close()
      this.#text += `m${left - this.#startX} ${bottom - this.#startY}v${top - bottom}`
      this.#startX = left
      this.#startY = bottom
      this.#left = left
    } else if (top !== this.#top) {
      this.#text += `h${left - this.#left}v${top - this.#top}`
      this.#left = left
    }
    this.#top = top
    this.#right = right
    this.#bottom = bottom
  }

  #close(): void {
    if (!Number.isNaN(this.#right)) {
      this.#text += `h${this.#right - this.#left}v${this.#bottom - this.#top}z`
    }
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
          .map(([mark, path]) =>
            element("path", { class: mark, transform: `scale(${1 / perPixel})`, d: path.text() }),
          ),
        ...texts,
      ].join(""),
  }
}
