/** Where the rows of a timeline stand, and where its cycles are. */
import type { Timeline } from "./timeline.ts"

/** The stretch of cycles that is seen. */
export interface View {
  readonly from: number
  readonly to: number
}

/** Places of everything, in pixels. */
export interface Layout {
  readonly width: number
  readonly height: number
  /** Left edge and width of the plot; names stand left of it, or above the rows where it is narrow. */
  readonly left: number
  readonly plot: number
  /** Lower edge of the rows; the axis is below it. */
  readonly bottom: number
  /** Top of each row. */
  readonly tops: readonly number[]
  readonly heights: readonly number[]
  readonly namesAbove: boolean
}

const gap = 5
const axisHeight = 44
const rowHeights: Readonly<Record<string, number>> = { pass: 18, layer: 20, stage: 22, account: 30 }

export const layoutOf = (timeline: Timeline, width: number): Layout => {
  const namesAbove = width < 560
  const left = namesAbove ? 0 : width < 800 ? 170 : 196
  const nameHeight = namesAbove ? 16 : 0
  const tops: number[] = []
  const heights: number[] = []
  let y = 0
  for (const row of timeline.rows) {
    const height = rowHeights[row.kind === "account" ? "account" : row.level] ?? 16
    tops.push(y + nameHeight)
    heights.push(height)
    y += nameHeight + height + gap
  }
  return { width, height: y + axisHeight, left, plot: width - left - 1, bottom: y, tops, heights, namesAbove }
}

/** Pixel of a cycle. */
export const xOf = ({ left, plot }: Layout, view: View, cycle: number): number =>
  left + ((cycle - view.from) / (view.to - view.from)) * plot
