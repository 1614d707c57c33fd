/** Axes of a chart with two scales: grid, ticks and titles. */
import type { Box } from "./label-placement.ts"
import { element, label } from "./svg.ts"
import { shorten } from "./text-width.ts"

export interface Axis {
  /** Pixels of a value. */
  readonly position: (value: number) => number
  readonly ticks: readonly number[]
  readonly format: (tick: number) => string
  readonly title: string
}

const fontSize = 12

/** Height that ticks and title of the x axis take below the box. */
export const belowAxis = 52

/** The y axis's title stands in the first line above the box, so leave it this much room. */
export const aboveAxis = 22

export const plotAxes = (box: Box, x: Axis, y: Axis): string => {
  const right = box.x + box.width
  const bottom = box.y + box.height
  // Ticks at the ends of the axis keep their texts inside the chart.
  const anchorOf = (at: number): string => (at > right - 16 ? "end" : "middle")
  return [
    ...x.ticks.map((tick) => {
      const at = x.position(tick)
      return (
        element("line", { class: "grid", x1: at, x2: at, y1: box.y, y2: bottom }) +
        label(x.format(tick), { class: "tick", x: at, y: bottom + 18, "text-anchor": anchorOf(at) })
      )
    }),
    ...y.ticks.map((tick) => {
      const at = y.position(tick)
      return (
        element("line", { class: "grid", x1: box.x, x2: right, y1: at, y2: at }) +
        label(y.format(tick), { class: "tick", x: box.x - 8, y: at + 4, "text-anchor": "end" })
      )
    }),
    element("line", { class: "axis", x1: box.x, x2: right, y1: bottom, y2: bottom }),
    element("line", { class: "axis", x1: box.x, x2: box.x, y1: box.y, y2: bottom }),
    label(shorten(x.title, right, fontSize), {
      class: "axis-title",
      x: right,
      y: bottom + 40,
      "text-anchor": "end",
    }),
    label(shorten(y.title, right, fontSize), { class: "axis-title", x: 0, y: box.y - 9 }),
  ].join("")
}
