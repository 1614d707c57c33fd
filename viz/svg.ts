/** SVG as text: elements with escaped attributes, and the root that every chart has. */
import { escapeHtml } from "./escape-html.ts"

/** Numbers are rounded to hundredths of a pixel; an undefined attribute is left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>

const attributeText = (value: string | number): string =>
  typeof value === "number" ? String(Math.round(value * 100) / 100) : escapeHtml(value)

/** One element. Children are markup already; text goes through `text`. */
export const element = (name: string, attributes: Attributes, ...children: readonly string[]): string => {
  const written = Object.entries(attributes)
    .flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${attributeText(value)}"`]))
    .join("")
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join("")}</${name}>`
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
