import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { binsOf } from "../../../viz/timeline/bins.ts"
import { decodeTimeline } from "../../../viz/timeline/decode-timeline.ts"
import { drawableRow } from "../../../viz/timeline/drawing.ts"
import { type EncodedTimeline, encodeTimeline, timelineJson } from "../../../viz/timeline/encode-timeline.ts"
import type { Timeline } from "../../../viz/timeline/timeline.ts"
import { timeline } from "../../arbitraries/timeline.ts"

/** Through the text of a page, as a browser reads it. */
const throughPage = (given: Timeline, budget: number): Timeline => {
  const encoded: EncodedTimeline = JSON.parse(timelineJson(encodeTimeline(given, budget)))
  return decodeTimeline(encoded)
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0)

describe("a timeline in a page", () => {
  it("is what it was before, where it fits", () => {
    fc.assert(
      fc.property(timeline, (given) => {
        expect(throughPage(given, Infinity).rows).toEqual(given.rows)
      }),
    )
  })

  it("keeps the longest spans where it does not, each with its own name, start and parts", () => {
    fc.assert(
      fc.property(timeline, fc.nat(4000), (given, budget) => {
        const read = throughPage(given, budget)
        const all = given.rows.flatMap(({ spans }) => [...spans.duration])
        const kept = read.rows.flatMap(({ spans }) => [...spans.duration])
        const longest = all.toSorted((a, b) => b - a).slice(0, kept.length)
        expect(kept.toSorted((a, b) => b - a)).toEqual(longest)
        for (const [r, { spans, labels, series }] of read.rows.entries()) {
          const before = given.rows[r]
          for (let i = 0; i < spans.length; i++) {
            const at = before.spans.start.findIndex(
              (start, j) => start === spans.start[i] && before.spans.duration[j] === spans.duration[i],
            )
            expect(at).toBeGreaterThanOrEqual(0)
            if (spans.duration[i] === 0) continue
            expect(labels[spans.label[i]]).toEqual(before.labels[before.spans.label[at]])
            const n = series.length
            expect(spans.parts?.slice(i * n, i * n + n)).toEqual(
              before.spans.parts?.slice(at * n, at * n + n),
            )
          }
        }
      }),
    )
  })

  it("loses no cycle with the spans that it leaves out", () => {
    fc.assert(
      fc.property(timeline, fc.nat(2000), (given, budget) => {
        const read = throughPage(given, budget)
        for (const [r, row] of read.rows.entries()) {
          if (row.bins === undefined) continue
          const { spans, series, labels } = given.rows[r]
          const seriesOfLabel = labels.map((label) => label.series)
          const all = binsOf(spans, given.cycles, series.length, seriesOfLabel, row.bins.count)
          expect(row.bins.cycles.map(sum)).toEqual(all.cycles.map(sum))
          const { missing } = drawableRow(read, row)
          expect(missing === undefined).toBe(row.spans.length === row.total)
          const own = binsOf(
            row.spans,
            given.cycles,
            series.length,
            row.labels.map((label) => label.series),
            row.bins.count,
          )
          for (const [s, column] of (missing?.cycles ?? []).entries()) {
            expect(Math.min(...column)).toBeGreaterThanOrEqual(0)
            expect(sum(column) + sum(own.cycles[s])).toBe(sum(all.cycles[s]))
          }
        }
      }),
    )
  })
})
