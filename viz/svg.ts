/** SVG as text: elements with escaped attributes, and the root that every chart has. */
import { escapeHtml } from "./escape-html.ts"

/** Numbers are rounded to tenths of a pixel, opacities to hundredths; an undefined attribute is left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>

/** Numbers need no quotes in HTML, and are most of a chart. */
const attributeText = (key: string, value: string | number): string => {
  if (typeof value !== "number") return `"${escapeHtml(value)}"`
  const scale = key === "fill-opacity" ? 100 : 10
  return String(Math.round(value * scale) / scale)
}

/** One element. Children are markup already; text goes through `text`. */
export const element = (name: string, attributes: Attributes, ...children: readonly string[]): string => {
  const written = Object.entries(attributes)
    .flatMap(([key, value]) => (value === undefined ? [] : [` ${key}=${attributeText(key, value)}`]))
    .join("")
  // A slash right behind a bare value would be part of it.
  const end = written.endsWith('"') ? "/>" : " />"
  return children.length === 0
    ? `<${name}${written}${end}`
    : `<${name}${written}>${children.join("")}</${name}>`
}

/** A `text` element. */
export const label = (text: string, attributes: Attributes): string =>
  element("text", attributes, escapeHtml(text))

export interface ChartFrame {
  /** Unique on the page. */
  readonly id: string
  /** What the chart shows; read out by screen readers. */
  readonly title: string
  /** How to read it, or what it says, in a sentence. */
  readonly description: string
  /** Width of the drawing in pixels; it scales with the page from there. */
  readonly width: number
}

/** Narrower than this, a chart drops secondary text and stacks what stood side by side. */
export const isNarrow = (frame: ChartFrame): boolean => frame.width < 560

/** The svg element of a chart: an image with title and description. */
export const chart = (frame: ChartFrame, height: number, ...children: readonly string[]): string =>
  element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      class: "chart",
      id: frame.id,
      viewBox: `0 0 ${Math.round(frame.width)} ${Math.round(height)}`,
      role: "img",
      "aria-labelledby": `${frame.id}-title ${frame.id}-desc`,
    },
    element("title", { id: `${frame.id}-title` }, escapeHtml(frame.title)),
    element("desc", { id: `${frame.id}-desc` }, escapeHtml(frame.description)),
    ...children,
  )

/** What a chart says when there is nothing to draw. */
export const emptyChart = (frame: ChartFrame, reason: string): string =>
  chart(frame, 64, label(reason, { x: 0, y: 36, class: "muted" }))

/** A straight line from (x1, y1) to (x2, y2). */
export type Stroke = readonly [x1: number, y1: number, x2: number, y2: number]

/** Straight lines of one class as one path. */
export const strokes = (mark: string, lines: readonly Stroke[]): string => {
  const at = (value: number): number => Math.round(value * 10) / 10
  const paths = lines.map(([x1, y1, x2, y2]) => {
    const to = y1 === y2 ? `H${at(x2)}` : x1 === x2 ? `V${at(y2)}` : `L${at(x2)} ${at(y2)}`
    return `M${at(x1)} ${at(y1)}${to}`
  })
  return element("path", { class: mark, d: paths.join("") })
}
