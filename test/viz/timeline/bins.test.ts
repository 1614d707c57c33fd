import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Bins, binsOf, pyramid } from "../../../viz/timeline/bins.ts"
import { endOf, type Timeline, type TimelineRow } from "../../../viz/timeline/timeline.ts"
import { timeline } from "../../arbitraries/timeline.ts"

const most = fc.integer({ min: 1, max: 300 })

const rowBins = ({ cycles }: Timeline, { spans, series, labels }: TimelineRow, count: number): Bins =>
  binsOf(
    spans,
    cycles,
    series.length,
    labels.map((label) => label.series),
    count,
  )

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0)

/** Cycles of each series, straight from the spans. */
const cyclesOf = ({ spans, series, labels }: TimelineRow): readonly number[] =>
  series.map((_, s) =>
    sum(
      Array.from(spans.start, (__, i) =>
        spans.parts === undefined
          ? labels[spans.label[i]].series === s
            ? spans.duration[i]
            : 0
          : spans.parts[i * series.length + s],
      ),
    ),
  )

describe("levels of detail", () => {
  it("have exactly the busy and stalled cycles of the spans, at every level", () => {
    fc.assert(
      fc.property(timeline, most, (given, count) => {
        for (const row of given.rows) {
          for (const level of pyramid(rowBins(given, row, count))) {
            expect(level.cycles.map(sum)).toEqual(cyclesOf(row))
          }
        }
      }),
    )
  })

  it("cover the axis, in no more bins than asked for, and end in a single one", () => {
    fc.assert(
      fc.property(timeline, most, (given, count) => {
        const levels = pyramid(rowBins(given, given.rows[0], count))
        expect(levels[0].count).toBeLessThanOrEqual(count)
        for (const level of levels) expect(level.count * level.width).toBeGreaterThanOrEqual(given.cycles)
        expect(levels[levels.length - 1].count).toBe(1)
      }),
    )
  })

  it("hold nothing of a span outside the bins that it touches", () => {
    fc.assert(
      fc.property(timeline, most, (given, count) => {
        for (const row of given.rows) {
          const { width, cycles, count: bins } = rowBins(given, row, count)
          const covered = new Float64Array(bins)
          for (let i = 0; i < row.spans.length; i++) {
            const [from, to] = [row.spans.start[i], endOf(row.spans, i)]
            for (let bin = Math.floor(from / width); bin * width < to; bin++) {
              covered[bin] += Math.min(to, (bin + 1) * width) - Math.max(from, bin * width)
            }
          }
          for (let bin = 0; bin < bins; bin++) {
            const inside = cycles.map((column) => column[bin])
            expect(Math.min(...inside)).toBeGreaterThanOrEqual(0)
            // The causes of an account are rounded one by one, so they may miss the whole by a cycle each.
            const slack =
              row.kind === "block" || covered[bin] === 0 ? 0 : row.series.length * row.spans.length
            expect(Math.abs(sum(inside) - covered[bin])).toBeLessThanOrEqual(slack)
          }
        }
      }),
    )
  })

  it("place a series of an account within a cycle of where an even spread puts it", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e9 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        most,
        (duration, share, count) => {
          const busy = Math.floor(share * duration)
          const spans = {
            length: 1,
            start: Float64Array.of(0),
            duration: Float64Array.of(duration),
            label: Int32Array.of(0),
            parts: Float64Array.of(busy, duration - busy),
          }
          const { width, cycles } = binsOf(spans, duration, 2, [0], count)
          let seen = 0
          for (const [bin, value] of cycles[0].entries()) {
            seen += value
            const elapsed = Math.min(duration, (bin + 1) * width)
            expect(Math.abs(seen - (busy / duration) * elapsed)).toBeLessThanOrEqual(1.001)
          }
        },
      ),
    )
  })
})
