/** Axes of a chart with two scales: grid, ticks and titles. */
import type { Box } from "./label-placement.ts"
import { label, type Stroke, strokes } from "./svg.ts"
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
    strokes("grid", [
      ...x.ticks.map(x.position).map((at): Stroke => [at, box.y, at, bottom]),
      ...y.ticks.map(y.position).map((at): Stroke => [box.x, at, right, at]),
    ]),
    strokes("axis", [
      [box.x, bottom, right, bottom],
      [box.x, box.y, box.x, bottom],
    ]),
    ...x.ticks.map((tick) => {
      const at = x.position(tick)
      return label(x.format(tick), { class: "tick", x: at, y: bottom + 18, "text-anchor": anchorOf(at) })
    }),
    ...y.ticks.map((tick) =>
      label(y.format(tick), { class: "tick", x: box.x - 8, y: y.position(tick) + 4, "text-anchor": "end" }),
    ),
    label(shorten(x.title, right, fontSize), {
      class: "axis-title",
      x: right,
      y: bottom + 40,
      "text-anchor": "end",
    }),
    label(shorten(y.title, right, fontSize), { class: "axis-title", x: 0, y: box.y - 9 }),
  ].join("")
}
