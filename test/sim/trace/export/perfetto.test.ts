import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { TraceBuilder } from "../../../../sim/trace/builder.ts"
import { perfettoJson } from "../../../../sim/trace/export/perfetto.ts"
import type { Trace } from "../../../../sim/trace/trace.ts"
import { manifestHead, trace } from "../../../arbitraries/trace.ts"
import { smallTrace } from "../small-trace.ts"

interface Event {
  readonly ph: string
  readonly tid: number
  readonly name: string
  readonly ts: number
  readonly dur: number
  readonly args: {
    readonly span: number
    readonly start: number
    readonly duration: number
    readonly name: string
  }
}

const eventsOf = (trace: Trace): Event[] => JSON.parse([...perfettoJson(trace)].join("")).traceEvents
const spansOf = (trace: Trace): Event[] => eventsOf(trace).filter(({ ph }) => ph === "X")
/** How Perfetto reads a time: microseconds, rounded to whole nanoseconds. */
const cycles = (microseconds: number): number => Math.round(microseconds * 1000)

describe("Chrome trace events", () => {
  it("import back to the spans that have cycles: their number, their total and their last end", () => {
    fc.assert(
      fc.property(trace(), (original) => {
        const shown = [...original.spans.duration.keys()].filter((id) => original.spans.duration[id] > 0)
        const events = spansOf(original)
        const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
        expect(events.length).toBe(shown.length)
        expect(sum(events.map(({ dur }) => cycles(dur)))).toBe(
          sum(shown.map((id) => original.spans.duration[id])),
        )
        expect(Math.max(0, ...events.map(({ ts, dur }) => cycles(ts) + cycles(dur)))).toBe(
          Math.max(0, ...shown.map((id) => original.spans.start[id] + original.spans.duration[id])),
        )
        for (const { args, ts, dur } of events) {
          expect([cycles(ts), cycles(dur)]).toEqual([args.start, args.duration])
          expect(args.start).toBe(original.spans.start[args.span])
        }
      }),
    )
  })

  it("nest on every thread and come in order of time, the longer first", () => {
    fc.assert(
      fc.property(trace(), (original) => {
        const openEnds = new Map<number, number[]>()
        const latest = new Map<number, number>()
        for (const { tid, args } of spansOf(original)) {
          expect(args.start).toBeGreaterThanOrEqual(latest.get(tid) ?? 0)
          latest.set(tid, args.start)
          const open = (openEnds.get(tid) ?? []).filter((end) => end > args.start)
          const end = args.start + args.duration
          expect(end).toBeLessThanOrEqual(Math.min(Infinity, ...open))
          openEnds.set(tid, [...open, end])
        }
      }),
    )
  })

  it("show one thread a track, named after it, in the order of the manifest", () => {
    const names = eventsOf(smallTrace())
      .filter(({ name }) => name === "thread_name")
      .map(({ tid, args }) => [tid, args.name])
    expect(names).toEqual([
      [1, "Run"],
      [2, "PE array"],
    ])
  })

  it("put spans of a shared track that cross on a second thread", () => {
    const builder = new TraceBuilder()
    const track = builder.track({ id: "bus", name: "Bus", exclusive: false })
    builder.span(-1, track, 0, 0, 0, 0, 10)
    builder.span(-1, track, 0, 0, 0, 5, 10)
    const events = eventsOf(builder.finish(manifestHead))
    expect(events.filter(({ name }) => name === "thread_name").map(({ args }) => args.name)).toEqual([
      "Bus",
      "Bus (2)",
    ])
  })

  it("put the longer of two spans that start together first, though it was written last", () => {
    const builder = new TraceBuilder()
    const track = builder.track({ id: "t", name: "t", exclusive: false })
    builder.span(-1, track, 0, 0, 0, 0, 5)
    builder.span(-1, track, 0, 0, 0, 0, 10)
    expect(spansOf(builder.finish(manifestHead)).map(({ tid, args }) => [tid, args.duration])).toEqual([
      [1, 10],
      [1, 5],
    ])
  })

  it("come in chunks, not as one string", () => {
    const builder = new TraceBuilder()
    const track = builder.track({ id: "t", name: "t", exclusive: true })
    for (let i = 0; i < 20_000; i++) builder.span(-1, track, 0, 0, 0, i, 1)
    const lengths = [...perfettoJson(builder.finish(manifestHead))].map((chunk) => chunk.length)
    expect(lengths.length).toBeGreaterThan(10)
    expect(Math.max(...lengths)).toBeLessThan(70_000)
  })
})
