import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { aggregate } from "../../reports/aggregate.ts"
import { timelineOf } from "../../reports/pages/timeline-rows.ts"
import { type TraceRow, traceRows } from "../../reports/timeline.ts"
import { TraceBuilder } from "../../sim/trace/builder.ts"
import type { Trace } from "../../sim/trace/trace.ts"
import { manifestHead, trace } from "../arbitraries/trace.ts"
import { manyTilesTrace } from "../fixtures/many-tiles-trace.ts"
import { sampleTrace } from "../fixtures/sample-trace.ts"

const rowsOf = (given: Trace): readonly TraceRow[] => traceRows(given, aggregate(given))

/** Traces whose work spans nest as reports ask for; others are an error that `aggregate` reports. */
const isWellNested = (given: Trace): boolean => {
  try {
    aggregate(given)
    return true
  } catch {
    return false
  }
}
const nested = trace().filter(isWellNested)

describe("the rows of a timeline", () => {
  it("hold every span but the root once: in a row, by an account that speaks for it, or among the hidden", () => {
    fc.assert(
      fc.property(nested, (given) => {
        const rows = rowsOf(given)
        const blocks = rows.filter(({ kind }) => kind !== "account").flatMap(({ spans }) => [...spans])
        expect(new Set(blocks).size).toBe(blocks.length)
        const spoken = new Set([
          ...blocks,
          ...rows.filter(({ kind }) => kind === "account").flatMap(({ called }) => [...called]),
        ])
        const hidden = rows.reduce((sum, row) => sum + row.hidden, 0)
        const run = given.strings.indexOf("run")
        const missing = Array.from(given.spans.kind, (kind, id) => ({ kind, id })).filter(
          ({ kind, id }) => !spoken.has(id) && kind !== run,
        )
        expect(missing.length).toBeLessThanOrEqual(hidden)
      }),
    )
  })

  it("never let two spans overlap", () => {
    fc.assert(
      fc.property(nested, (given) => {
        const { start, duration } = given.spans
        for (const { spans } of rowsOf(given)) {
          for (let i = 1; i < spans.length; i++) {
            expect(start[spans[i]]).toBeGreaterThanOrEqual(start[spans[i - 1]] + duration[spans[i - 1]])
          }
        }
      }),
    )
  })

  it("account for every cycle of every stage, unit by unit", () => {
    for (const given of [sampleTrace({ kept: 2 }), manyTilesTrace(8000, "irregular")]) {
      const accounts = rowsOf(given).filter(({ kind }) => kind === "account")
      expect(accounts.length).toBeGreaterThanOrEqual(2)
      for (const { spans, causes, parts } of accounts) {
        expect(causes[0]).toBe("busy")
        for (const [i, id] of spans.entries()) {
          const own = parts.subarray(i * causes.length, (i + 1) * causes.length)
          expect(own.reduce((sum, cycles) => sum + cycles, 0)).toBe(given.spans.duration[id])
        }
      }
    }
  })

  it("call an account after the unit's own span, which may say which kernel ran", () => {
    const b = new TraceBuilder()
    const schedule = b.track({ id: "schedule", name: "Schedule", exclusive: true })
    const tensor = b.track({ id: "tensor", name: "Tensor pipe", exclusive: true })
    const stage = b.span(-1, schedule, b.code("stage"), b.code("FF"), 0, 0, 100)
    b.span(stage, tensor, b.code("unit"), b.code("tile 64×64"), 0, 0, 100)
    b.count(stage, b.code("time.tensor"), b.code("busy"), 60)
    b.count(stage, b.code("time.tensor"), b.code("stall.launch"), 40)
    const given = b.finish(manifestHead)
    const chart = timelineOf(given, rowsOf(given), "Layers")
    expect(chart.rows.map(({ title }) => title)).toEqual(["Stages", "Tensor pipe"])
    expect(chart.rows[1].labels).toEqual([{ name: "tile 64×64", series: 0, note: "" }])
    expect(chart.rows[1].spans.parts).toEqual(Float64Array.of(60, 40))
  })

  it("put what follows on the last cycle into the same row, in order of time, and what overlaps by a cycle into another", () => {
    const lanesOf = (extents: readonly (readonly [number, number])[]): readonly (readonly number[])[] => {
      const b = new TraceBuilder()
      const shared = b.track({ id: "ports", name: "Ports", exclusive: false })
      const [tile, name] = [b.code("tile"), b.code("access")]
      for (const [start, duration] of extents) b.span(-1, shared, tile, name, 0, start, duration)
      return rowsOf(b.finish(manifestHead)).map(({ spans }) => [...spans])
    }
    expect(
      lanesOf([
        [10, 5],
        [0, 10],
      ]),
    ).toEqual([[1, 0]])
    expect(
      lanesOf([
        [0, 10],
        [9, 5],
      ]),
    ).toEqual([[0], [1]])
  })

  it("put spans that overlap on a shared track below each other", () => {
    const b = new TraceBuilder()
    const shared = b.track({ id: "ports", name: "Ports", exclusive: false })
    for (let i = 0; i < 10; i++) b.span(-1, shared, b.code("tile"), b.code(`access ${i}`), 0, i, 20)
    const rows = rowsOf(b.finish(manifestHead))
    expect(rows.map(({ lane, spans, hidden }) => [lane, spans.length, hidden])).toEqual([
      [0, 1, 2],
      ...Array.from({ length: 7 }, (_, i) => [i + 1, 1, 0]),
    ])
  })
})
