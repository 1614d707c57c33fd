import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { binsOf } from "../../../viz/timeline/bins.ts"
import { drawableRow, drawTimeline } from "../../../viz/timeline/drawing.ts"
import { layoutOf } from "../../../viz/timeline/layout.ts"
import type { Painter } from "../../../viz/timeline/painter.ts"
import { cyclesTick, timeTick } from "../../../viz/timeline/tick-text.ts"
import type { Timeline } from "../../../viz/timeline/timeline.ts"
import { framed, wholeView } from "../../../viz/timeline/view.ts"
import { timeline } from "../../arbitraries/timeline.ts"

interface Rect {
  readonly mark: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const rectsOf = (given: Timeline, view = wholeView(given.cycles), width = 960): readonly Rect[] => {
  const rects: Rect[] = []
  const painter: Painter = {
    rect: (mark, x, y, w, h) => rects.push({ mark, x, y, width: w, height: h }),
    line: () => {},
    text: () => {},
  }
  const rows = given.rows.map((row) => drawableRow(given, row))
  drawTimeline(given, rows, layoutOf(given, width), view, painter)
  return rects
}

const share = fc.double({ min: 0, max: 1, noNaN: true })

describe("a drawn timeline", () => {
  it("paints inside its rows, wherever it is zoomed to", () => {
    fc.assert(
      fc.property(timeline, share, share, fc.constantFrom(390, 960), (given, from, length, width) => {
        const layout = layoutOf(given, width)
        const start = from * given.cycles
        for (const rect of rectsOf(
          given,
          framed(start, start + length * given.cycles, given.cycles),
          width,
        )) {
          expect(rect.x).toBeGreaterThanOrEqual(layout.left - 1e-6)
          expect(rect.x + rect.width).toBeLessThanOrEqual(layout.left + layout.plot + 1e-6)
          const row = layout.tops.findIndex(
            (top, r) => rect.y >= top - 1e-6 && rect.y + rect.height <= top + layout.heights[r] + 1e-6,
          )
          expect(row).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })

  it("covers as much of each colour from bins as from spans", () => {
    fc.assert(
      fc.property(timeline, (given) => {
        const area = (rects: readonly Rect[], mark: string): number =>
          rects.reduce((sum, rect) => sum + (rect.mark === mark ? rect.width * rect.height : 0), 0)
        const binned = {
          ...given,
          rows: given.rows.map((row) => ({
            ...row,
            bins: binsOf(
              row.spans,
              given.cycles,
              row.series.length,
              row.labels.map(({ series }) => series),
              4096,
            ),
          })),
        }
        const { plot, heights } = layoutOf(given, 960)
        const whole = plot * Math.max(...heights) * heights.length
        for (const { mark } of given.series) {
          const difference = area(rectsOf(binned), mark) - area(rectsOf(given), mark)
          // Spans that are drawn one by one have a gap of a pixel behind them.
          expect(Math.abs(difference)).toBeLessThan(0.08 * whole)
        }
      }),
    )
  })
})

describe("ticks of the axis", () => {
  it.each([
    [0, 500, "0 cycles"],
    [500_000, 500_000, "500 k"],
    [1_500_000, 500_000, "1.5 M"],
    [2_371_000, 1000, "2,371 k"],
    [2_371_020, 20, "2,371,020"],
    [1_234_567, 1, "1,234,567"],
    [12, 2, "12"],
  ])("say cycle %d, every %d, as %s", (cycle, step, text) => {
    expect(cyclesTick(cycle, step)).toBe(text.replaceAll(" ", "\u00a0"))
  })

  it("differ from their neighbours at every zoom, in cycles and in time", () => {
    const step = fc
      .tuple(fc.constantFrom(1, 2, 5), fc.integer({ min: 0, max: 8 }))
      .map(([m, e]) => m * 10 ** e)
    fc.assert(
      fc.property(step, fc.nat(1e6), fc.constantFrom(200e6, 1.41e9, 2.45e9), (by, n, clock) => {
        const cycle = by * (n % 1000)
        expect(cyclesTick(cycle, by)).not.toBe(cyclesTick(cycle + by, by))
        expect(timeTick(cycle, by, clock)).not.toBe(timeTick(cycle + by, by, clock))
      }),
    )
  })
})
